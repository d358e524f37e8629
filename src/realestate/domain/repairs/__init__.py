"""The rules of the repair flow: photos to issues, condition and a priced estimate."""
