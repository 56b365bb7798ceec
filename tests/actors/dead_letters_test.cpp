// Refused lines in their file: each whole, or not there.
#include "dead_letters.hpp"

#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;

namespace {

/// No file of this process grows beyond `bytes` while it lives.
class files_no_longer_than {
 public:
  explicit files_no_longer_than(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  files_no_longer_than(const files_no_longer_than&) = delete;
  files_no_longer_than& operator=(const files_no_longer_than&) = delete;
  ~files_no_longer_than() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a letter that a full disk cuts short spoils no other") {
  testing::pipeline_world world;
  const auto path = (world.directory / "dead").string();
  const std::shared_ptr<status::logger> log = status::logger::start({});
  const auto counts = std::make_shared<status::metrics>();
  const auto keep = [&](const std::string& letter) {
    actors::dead_letters(path, 1'000'000, log, counts).add(letter);
  };
  keep("first\n");
  {
    const files_no_longer_than ten(10);
    keep("one that is too long\n");
  }
  keep("last\n");
  std::ostringstream kept;
  kept << std::ifstream(path).rdbuf();
  CHECK(kept.str() == "first\nlast\n");
}
