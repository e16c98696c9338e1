// In the place of Eigen's header of this name, which is left out: products with selfadjoint matrices, of which nothing here makes use.
