// Secret files that may be read and those that must not, and what a secret may never do.
#include "sluice/exchange/secret.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <type_traits>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

static_assert(!std::is_copy_constructible_v<secret>);
static_assert(!std::is_copy_assignable_v<secret>);
static_assert(!fmt::is_formattable<secret>::value);
static_assert(!std::is_convertible_v<secret, std::string>);

namespace {

/// A directory of its own, removed at the end.
class scratch {
 public:
  scratch() {
    std::string form = (std::filesystem::temp_directory_path() / "secret_test_XXXXXX").string();
    path_ = ::mkdtemp(form.data());
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() { std::filesystem::remove_all(path_); }

  std::filesystem::path file(const std::string& content, ::mode_t mode) const {
    const auto path = path_ / "key";
    std::filesystem::remove(path);
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_{};
};

}  // namespace

TEST_CASE("a private file gives its content without one trailing newline") {
  const scratch dir;
  CHECK(load_secret_file(dir.file("abc\n", 0600))->reveal() == "abc");
  CHECK(load_secret_file(dir.file("abc\n\n", 0400))->reveal() == "abc\n");
  CHECK(load_secret_file(dir.file("abc", 0600))->reveal() == "abc");
}

TEST_CASE("a file that others may touch is not permitted") {
  const scratch dir;
  for (const ::mode_t mode : {0640U, 0604U, 0620U, 0602U, 0601U, 0610U, 0700U, 04600U}) {
    INFO(mode);
    const auto read = load_secret_file(dir.file("abc", mode));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == errc::not_permitted);
    CHECK(read.error().text.find("abc") == std::string::npos);
  }
}

TEST_CASE("links, directories and pipes are not secret files") {
  const scratch dir;
  const auto link = dir.path() / "link";
  std::filesystem::create_symlink(dir.file("abc", 0600), link);
  CHECK(load_secret_file(link).error().code == errc::not_permitted);
  CHECK(load_secret_file(dir.path()).error().code == errc::not_permitted);
  const auto pipe = dir.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(load_secret_file(pipe).error().code == errc::not_permitted);
}

TEST_CASE("a missing, an empty and an endless file are told apart") {
  const scratch dir;
  CHECK(load_secret_file(dir.path() / "none").error().code == errc::not_found);
  CHECK(load_secret_file(dir.file("\n", 0600)).error().code == errc::malformed);
  CHECK(load_secret_file(dir.file(std::string(17'000, 'x'), 0600)).error().code == errc::malformed);
}

TEST_CASE("the text a secret is made from is wiped, and so is what it was moved from") {
  std::string text = "short";
  const char* bytes = text.data();
  secret first(std::move(text));
  CHECK(std::string_view(bytes, 5) != "short");
  secret second(std::move(first));
  CHECK(second.reveal() == "short");
  CHECK(first.empty());  // NOLINT: the point is to look at what was moved from.
}
