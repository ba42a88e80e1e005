"""The workbench of the registers of accountability (Art. 5(2), 24)."""
