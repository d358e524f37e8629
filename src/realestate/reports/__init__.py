"""What people read: self-contained pages and plain text."""
