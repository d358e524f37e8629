"""One outside thing each, behind the errors of ours."""
