"""Content as files: parser, validator, renderer. Free of Django, so that a lesson can be checked anywhere."""
