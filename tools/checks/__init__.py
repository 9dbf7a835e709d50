"""What `make check` asks about the packages that Holdfast stands on: are they locked, and known to be bad?"""
