// A read behind the end of an allocation, or a signed overflow: what AddressSanitizer and
// UndefinedBehaviorSanitizer must report.
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "overflow") == 0) {
    volatile int most = std::numeric_limits<int>::max();
    std::printf("%d\n", most + argc);
    return 0;
  }
  const auto bytes = std::make_unique<char[]>(static_cast<std::size_t>(argc));
  const volatile char* behind = bytes.get() + argc;
  std::printf("%d\n", *behind);
  return 0;
}
