// In the place of Eigen's header of this name, which is left out: products of matrices, which native/kernels/ has its own of.
