"""Speed and memory of `dwsep_helpers.kernels`, against torch and the usual NumPy ways."""
