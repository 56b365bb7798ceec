// Who may look and who may order: the table of rights, and the files that tokens come from.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sluice/actors/access_files.hpp"
#include "sluice/exchange/token.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;

namespace {

constexpr std::string_view reader_token{"reader-token-0001"};
constexpr std::string_view writer_token{"writer-token-0001"};
constexpr std::string_view alpha_token{"alpha-token-00001"};

access_guard a_guard() {
  access_tokens t;
  t.readers = {exchange::digest_of("another-reader-01"), exchange::digest_of(reader_token)};
  t.writers = {exchange::digest_of(writer_token)};
  t.sources = {exchange::digest_of(alpha_token)};
  return access_guard{t};
}

std::string write(const std::filesystem::path& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  ::chmod(path.c_str(), mode);
  return path.string();
}

}  // namespace

TEST_CASE("a token is its owner's, and none or a strange one is nobody's") {
  const auto guard = a_guard();
  CHECK(guard.who(std::nullopt) == bearer::nobody);
  CHECK(guard.who(exchange::digest_of("")) == bearer::unknown);
  CHECK(guard.who(exchange::digest_of("writer-token-0002")) == bearer::unknown);
  CHECK(guard.who(exchange::digest_of("another-reader-01")) == bearer::reader);
  CHECK(guard.who(exchange::digest_of(reader_token)) == bearer::reader);
  CHECK(guard.who(exchange::digest_of(writer_token)) == bearer::writer);
  CHECK(guard.who(exchange::digest_of(alpha_token)) == bearer::source);
}

TEST_CASE("each request needs its right") {
  using a = access_answer;
  struct row {
    const char* name;
    const char* method;
    const char* path;
    std::array<access_answer, 5> by;  ///< nobody, unknown, source, reader, writer.
  };
  const auto yes = a::admitted;
  const auto missing = a::token_missing;
  const auto unknown = a::token_unknown;
  const auto less = a::not_enough;
  const row rows[] = {
      {"alive", "GET", "/healthz", {yes, yes, yes, yes, yes}},
      {"ready", "HEAD", "/readyz", {yes, yes, yes, yes, yes}},
      {"an order there", "POST", "/readyz", {missing, unknown, less, less, yes}},
      {"metrics", "GET", "/metrics", {missing, unknown, less, yes, yes}},
      {"status", "GET", "/api/v1/status", {missing, unknown, less, yes, yes}},
      {"its head", "HEAD", "/api/v1/status", {missing, unknown, less, yes, yes}},
      {"the log", "GET", "/api/v1/logs", {missing, unknown, less, yes, yes}},
      {"what is not there", "GET", "/secret", {missing, unknown, less, yes, yes}},
      {"state", "POST", "/api/v1/state", {missing, unknown, less, less, yes}},
      {"flatten", "POST", "/api/v1/flatten", {missing, unknown, less, less, yes}},
      {"plans", "POST", "/api/v1/plans", {missing, unknown, yes, less, yes}},
      {"plans by another way", "POST", "/api/v1/plans/", {missing, unknown, less, less, yes}},
      {"the list of plans", "GET", "/api/v1/plans", {missing, unknown, less, yes, yes}},
      {"another method", "DELETE", "/api/v1/status", {missing, unknown, less, less, yes}},
      {"one in small letters", "get", "/api/v1/status", {missing, unknown, less, less, yes}},
  };
  const auto guard = a_guard();
  const bearer bearers[] = {bearer::nobody, bearer::unknown, bearer::source, bearer::reader,
                            bearer::writer};
  for (const auto& r : rows)
    for (std::size_t i = 0; i < 5; ++i) {
      INFO(r.name << " " << i);
      CHECK(guard.judge(r.method, r.path, bearers[i]) == r.by[i]);
    }
}

TEST_CASE("without tokens all is everybody's, and with one for orders alone looking is") {
  for (const auto* method : {"GET", "POST", "DELETE"})
    CHECK(access_guard{}.judge(method, "/api/v1/state", bearer::nobody) == access_answer::admitted);
  access_tokens t;
  t.writers = {exchange::digest_of(writer_token)};
  const access_guard orders{t};
  CHECK(orders.judge("GET", "/api/v1/status", bearer::nobody) == access_answer::admitted);
  CHECK(orders.judge("GET", "/api/v1/status", bearer::unknown) == access_answer::admitted);
  CHECK(orders.judge("POST", "/api/v1/state", bearer::nobody) == access_answer::token_missing);
}

TEST_CASE("several tokens of a file are valid, and nothing of it is told when one is not") {
  pipeline_world world;
  const auto dir = std::filesystem::path(world.directory);
  config::settings s;
  s.status.write_token_file =
      write(dir / "w", std::string{writer_token} + "\n\nwriter-token-0002\r\n");
  s.status.read_token_file = write(dir / "r", std::string{reader_token});
  s.intake.sources["alpha"].token_file = write(dir / "a", std::string{alpha_token} + "\r\n");
  const auto read = load_access(s).value();
  const access_guard guard{read.tokens};
  CHECK(guard.who(exchange::digest_of(writer_token)) == bearer::writer);
  CHECK(guard.who(exchange::digest_of("writer-token-0002")) == bearer::writer);
  CHECK(guard.who(exchange::digest_of(reader_token)) == bearer::reader);
  CHECK(guard.who(exchange::digest_of(alpha_token)) == bearer::source);
  CHECK(read.sources.contains("alpha"));
  CHECK_FALSE(read.tls);
}

TEST_CASE("files of tokens that prove nothing are refused by name and line") {
  pipeline_world world;
  const auto dir = std::filesystem::path(world.directory);
  struct row {
    const char* name;
    std::string text;
    mode_t mode;
    errc code;
    const char* words;
  };
  const std::string good{writer_token};
  const row rows[] = {
      {"open to others", good, 0640, errc::not_permitted, "0600"},
      {"short", good + "\nshort\n", 0600, errc::invalid_value, ":2: a token has at least 16"},
      {"no header holds it", "sixteen letters ok\n", 0600, errc::invalid_value, ":1: "},
      {"twice", good + "\n" + good + "\n", 0600, errc::invalid_value, ":2: the same token"},
      {"a reader's too", std::string{reader_token}, 0600, errc::invalid_value,
       "status.read_token_file"},
      {"empty lines", "\n\n\n", 0600, errc::malformed, "holds no token"},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    config::settings s;
    s.status.read_token_file = write(dir / "r", std::string{reader_token});
    s.status.write_token_file = write(dir / "w", r.text, r.mode);
    const auto read = load_access(s);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == r.code);
    CHECK_THAT(read.error().text, ContainsSubstring(r.words));
    CHECK(read.error().text.find("token-0001") == std::string::npos);
    CHECK(read.error().text.find("letters ok") == std::string::npos);
  }
  config::settings s;
  s.status.write_token_file = (dir / "none").string();
  CHECK(load_access(s).error().code == errc::not_found);
  s.status.write_token_file = write(dir / "w", good);
  s.intake.sources["alpha"].token_file = write(dir / "a", good);
  CHECK(load_access(s).error().code == errc::invalid_value);
}

TEST_CASE("a source's token keeps to the same rules, and is one alone") {
  pipeline_world world;
  const auto dir = std::filesystem::path(world.directory);
  struct row {
    const char* name;
    std::string text;
    errc code;
    const char* words;
  };
  const std::string good{alpha_token};
  const row rows[] = {
      {"short", "alpha\n", errc::invalid_value, ":1: a token has at least 16"},
      {"no header holds it", "sixteen letters ok\n", errc::invalid_value, ":1: a token holds"},
      {"two", good + "\nalpha-token-00002\n", errc::invalid_value, "holds 2 tokens"},
      {"none", "\n\r\n", errc::malformed, "holds no token"},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    config::settings s;
    s.intake.sources["alpha"].token_file = write(dir / "a", r.text);
    const auto read = load_access(s);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == r.code);
    CHECK_THAT(read.error().text, ContainsSubstring(r.words));
    CHECK_THAT(read.error().text, ContainsSubstring("intake.sources.alpha.token_file"));
  }
}

TEST_CASE("tokens are read without the certificate, which may just be renewed") {
  pipeline_world world;
  const auto dir = std::filesystem::path(world.directory);
  config::settings s;
  s.status.write_token_file = write(dir / "w", std::string{writer_token});
  s.status.tls_certificate_file = (dir / "none").string();
  s.status.tls_key_file = (dir / "none").string();
  CHECK_FALSE(load_access(s));
  CHECK(load_tokens(s).value().tokens.writers.size() == 1);
}

TEST_CASE("whoever has asked the guard keeps it, and the next gets the new one") {
  guard_post post{a_guard()};
  const auto before = post.now();
  post.replace(access_guard{});
  CHECK(before->who(exchange::digest_of(writer_token)) == bearer::writer);
  CHECK(post.now()->who(exchange::digest_of(writer_token)) == bearer::unknown);
  CHECK_FALSE(post.now()->guards_orders());
}
