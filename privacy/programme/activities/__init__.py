"""The record of processing activities (GDPR Art. 30): as a table for people, out as a workbook, in as a proposal."""
