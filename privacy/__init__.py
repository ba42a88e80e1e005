"""The privacy and consent service: may system S contact person P, for purpose X, by channel C, now?"""

__version__ = "0.1.0"
