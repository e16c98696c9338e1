// In the place of Eigen's header of this name, which is left out: triangular solvers, of which nothing here makes use.
