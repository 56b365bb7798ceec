// A file that is not a whole journal is refused with a line that says what is wrong.
#include <fstream>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;
namespace fs = std::filesystem;

/// A closed journal (its write-ahead log is moved in) of several hundred records.
void fill_journal(const fs::path& path) {
  auto s = opened(path);
  for (int i = 0; i < 300; ++i)
    put(*s, notice{"test", "a line of some length to fill the pages, number " + std::to_string(i)});
  REQUIRE(s->end().has_value());
}

void overwrite(const fs::path& path, std::streamoff at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file.good());
}

std::streamoff position_of(const fs::path& path, const std::string& text) {
  std::ifstream file(path, std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(file), {});
  const auto at = all.find(text);
  REQUIRE(at != std::string::npos);
  return static_cast<std::streamoff>(at);
}

error refusal_of(const fs::path& path, integrity check = integrity::quick) {
  const auto made = store::open(path, {.check = check});
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, ContainsSubstring(path.string()));
  return made.error();
}

TEST_CASE("a journal that was cut is refused") {
  const directory d;
  fill_journal(d.journal());
  const auto whole = fs::file_size(d.journal());
  for (const auto kept : {whole / 2 / 4096 * 4096, whole - 100, std::uintmax_t{50}}) {
    INFO("cut to " << kept << " of " << whole);
    fs::resize_file(d.journal(), kept);
    CHECK(refusal_of(d.journal()).code == errc::malformed);
  }
}

TEST_CASE("a journal that was cut to nothing is not taken for a new one") {
  const directory d;
  fill_journal(d.journal());
  fs::resize_file(d.journal(), 0);
  const auto e = refusal_of(d.journal());
  CHECK(e.code == errc::malformed);
  CHECK_THAT(e.text, ContainsSubstring("empty"));
}

TEST_CASE("a page that was overwritten is refused") {
  const directory d;
  fill_journal(d.journal());
  overwrite(d.journal(), static_cast<std::streamoff>(fs::file_size(d.journal()) / 2 / 4096 * 4096),
            std::string(64, '\x5a'));
  CHECK(refusal_of(d.journal()).code == errc::malformed);
}

TEST_CASE("a changed byte inside a record is found by the full check, which names the record") {
  const directory d;
  fill_journal(d.journal());
  // The first copy of the text may be the typed table's: only the spine's has quotes around it.
  overwrite(d.journal(), position_of(d.journal(), "number 123\"") + 7, "9");
  const auto e = refusal_of(d.journal(), integrity::full);
  CHECK(e.code == errc::malformed);
  CHECK_THAT(e.text, ContainsSubstring("record 124 was changed"));
  const auto found = read(d.journal())->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK_THAT(found.error().text, ContainsSubstring("record 124"));
}

TEST_CASE("a file of another kind is refused") {
  const directory d;
  std::ofstream(d.journal()) << std::string(5'000, 'x');
  CHECK(refusal_of(d.journal()).code == errc::malformed);
}

TEST_CASE("a write-ahead log without its journal is refused") {
  const directory d;
  std::ofstream(d.path() / "journal.db-wal") << "frames";
  const auto e = refusal_of(d.journal());
  CHECK(e.code == errc::malformed);
  CHECK_THAT(e.text, ContainsSubstring("missing"));
}

TEST_CASE("a journal of a newer schema is refused by its version") {
  const directory d;
  fill_journal(d.journal());
  overwrite(d.journal(), 60, std::string("\0\0\0\x63", 4));  // user_version in SQLite's header.
  const auto e = refusal_of(d.journal());
  CHECK(e.code == errc::malformed);
  CHECK_THAT(e.text, ContainsSubstring("schema version 99"));
  CHECK_FALSE(reader::open(d.journal()).has_value());
}

TEST_CASE("a SQLite file that is no journal is refused") {
  const directory d;
  fill_journal(d.journal());
  overwrite(d.journal(), 68, std::string("\0\0\0\0", 4));  // application_id in SQLite's header.
  const auto e = refusal_of(d.journal());
  CHECK(e.code == errc::malformed);
  CHECK_THAT(e.text, ContainsSubstring("not a Sluice journal"));
}

TEST_CASE("a reader of a journal that is not there says so") {
  const directory d;
  const auto made = reader::open(d.journal());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::not_found);
}

}  // namespace
}  // namespace sluice::journal
