"""What the hosted pages and the console share: templates, the stylesheet, forms and response headers."""
