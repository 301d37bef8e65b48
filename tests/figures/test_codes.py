"""QR codes: what is drawn reads as the address."""

import io

import numpy as np
import zxingcpp
from PIL import Image

from dwsep_helpers import course, figures


def test_a_code_reads_as_its_address():
    address = course.site_url("phone.html")
    drawn = figures.qr_code(address)
    image = Image.open(io.BytesIO(drawn.data))
    (found,) = zxingcpp.read_barcodes(np.asarray(image.convert("L")))
    assert found.text == address
    assert drawn.alt == f"QR code of {address}"
    assert drawn.width == image.width
