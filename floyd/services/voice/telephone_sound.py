"""From a voice's 24 kHz PCM to the telephone's 8 kHz mu-law, as it streams."""

import warnings

import numpy as np
import soxr

with warnings.catch_warnings():
    # Deprecated in 3.11, gone in 3.13, where audioop-lts takes its place under the same name.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

_VOICE_HZ = 24_000
_TELEPHONE_HZ = 8_000
_SAMPLE_BYTES = 2
_SAMPLE_RANGE = (-32_768, 32_767)


class TelephoneSound:
    """Converts one stretch of speech; keeps what a filter needs between its pieces."""

    def __init__(self) -> None:
        self._resampler = soxr.ResampleStream(
            _VOICE_HZ, _TELEPHONE_HZ, num_channels=1, dtype="float32", quality="HQ"
        )
        self._half_sample = b""

    def convert(self, pcm: bytes, *, last: bool = False) -> bytes:
        """Return mu-law for more 16-bit little-endian mono PCM, cut anywhere.

        Args:
            pcm: the next bytes, possibly none.
            last: True to get what the filter still holds.
        """
        pcm = self._half_sample + pcm
        whole = len(pcm) - len(pcm) % _SAMPLE_BYTES
        self._half_sample = pcm[whole:]
        # As floats: for 16-bit samples soxr adds dither, and no two renderings would be the same.
        samples = np.frombuffer(pcm[:whole], dtype="<i2").astype(np.float32)
        resampled = self._resampler.resample_chunk(samples, last=last)
        rounded = np.clip(np.rint(resampled), *_SAMPLE_RANGE).astype("<i2")
        return audioop.lin2ulaw(rounded.tobytes(), _SAMPLE_BYTES)
