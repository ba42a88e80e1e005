"""The witness (C2SP tlog-witness): a program apart that cosigns a log's checkpoints if each continues the one before.

It has a folder with its key and its state and needs nothing of the service: no database, no keyring, no settings.
"""
