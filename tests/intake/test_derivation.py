"""Keys made from keys are those of HKDF-SHA256."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from intake.sealing import derive


@given(st.binary(min_size=1, max_size=200), st.text(max_size=30), st.text(max_size=30))
def test_a_derived_key_is_that_of_hkdf_in_the_library(
    secret: bytes, purpose: str, context: str
) -> None:
    info = b"\x00".join((b"intake/1", purpose.encode(), context.encode()))
    expected = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
    assert derive(secret, purpose, context) == expected
