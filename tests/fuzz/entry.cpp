// Where libFuzzer comes in.
#include <cstddef>
#include <cstdint>

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An empty input may have no address.
  sluice::fuzz::check(size == 0 ? std::string_view{""}
                                : std::string_view{reinterpret_cast<const char*>(data), size});
  return 0;
}
