"""A gRPC server for one peer on the same machine: the engine.

``hpack`` → ``http2`` → ``server``; the language host and the stand-in providers use the last, and
say by ``status`` how a call fails. The reason and the measurements are in
docs/adr/0009-the-engine-is-served-without-grpcio.md.
"""
