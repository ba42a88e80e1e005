"""Documents as PDF, pictures as PDF and SVG: ReportLab primitives that know no word of the domain.

The same content at the same time gives the same bytes. Texts are plain: nothing in them is read as markup.
"""
