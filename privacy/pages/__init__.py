"""What all pages share: layout, languages, forms, protection against forgery; knows no domain."""
