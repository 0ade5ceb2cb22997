"""The Python language host: what lets an engine built from source run Python programs.

An official installation brings its own, which is then used instead. Behaviour follows it:
https://github.com/pulumi/pulumi/blob/master/sdk/python/cmd/pulumi-language-python/main.go
"""
