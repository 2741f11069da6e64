"""Forms for readers: criteria in, text out. Each module is a leaf; nothing here changes or judges what was read."""
