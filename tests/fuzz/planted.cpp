// A fault that libFuzzer must find within seconds, so that a run without findings says something.
#include "target.hpp"

namespace sluice::fuzz {

void check(std::string_view input) {
  require(!input.starts_with("FAULT"), "nothing begins with the planted word");
}

}  // namespace sluice::fuzz
