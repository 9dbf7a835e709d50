"""The command line `holdfast`, for operators and for people who try Holdfast out.

It needs the extra `cli` of the distribution: `pip install 'holdfast-antom[cli]'`.
"""
