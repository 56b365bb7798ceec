// Gives the precompiled Catch2 header a translation unit of its own; every test program reuses it.
#include "support/catch.hpp"
