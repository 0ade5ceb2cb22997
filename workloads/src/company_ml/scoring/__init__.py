"""The model that serves: a scoring pyfunc, logged as code beside the serialized classifier."""
