"""Errors as the API words them."""

from __future__ import annotations


class ApiError(Exception):
    """What the API answers instead: https://docs.databricks.com/api/workspace/introduction."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def invalid(message: str) -> ApiError:
    """The request is wrong."""
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def missing(message: str) -> ApiError:
    """What is asked for does not exist."""
    return ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)


def conflict(message: str) -> ApiError:
    """Not now."""
    return ApiError(409, "RESOURCE_CONFLICT", message)
