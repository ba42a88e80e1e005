"""Registers of accountability (GDPR Art. 5(2), 24): trainings, audits, authorisations, DPIA and LIA."""
