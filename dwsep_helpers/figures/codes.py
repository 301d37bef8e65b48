"""An address as a QR code, for the camera of a phone."""

from io import BytesIO

import numpy as np

from dwsep_helpers.figures.picture import Picture

MODULE = 4  # pixels of one of its squares
QUIET = 4  # squares around it, which readers need to be white


def qr_code(address: str) -> Picture:
    """Draw an address as a QR code. Needs segno, of the extra ``site``.

    Parameters
    ----------
    address : str

    Examples
    --------
    >>> qr_code("https://example.org/phone.html").alt
    'QR code of https://example.org/phone.html'
    """
    import segno
    from PIL import Image

    dark = np.array([*segno.make(address, error="m", micro=False).matrix_iter(border=QUIET)])
    squares = np.where(dark, 0, 255).astype(np.uint8)
    image = Image.fromarray(squares.repeat(MODULE, axis=0).repeat(MODULE, axis=1))
    data = BytesIO()
    image.save(data, format="PNG", optimize=True)
    return Picture(data.getvalue(), f"QR code of {address}", image.width)
