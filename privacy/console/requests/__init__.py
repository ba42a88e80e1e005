"""The workbench of requests of data subjects: what is asked, where it stands, and every step that brings it on."""
