// The rules themselves: planted violations are found at their line, and good code is left alone.
#include <algorithm>

#include "rules.hpp"
#include "support/catch.hpp"

namespace sluice::structure {
namespace {

source_file with_include(const std::string& path, const std::string& include) {
  return make_file(path, "// Holds a thing.\n#include " + include + "\n");
}

std::string body_of(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i)
    text += "  work();\n";
  return text;
}

struct planted {
  std::string name;
  std::string path;
  std::string include;
  bool allowed;
};

}  // namespace

TEST_CASE("the layer of a file is read from its path") {
  CHECK(layer_of("include/sluice/gate/judge.hpp") == "gate");
  CHECK(layer_of("src/gate/judge.cpp") == "gate");
  CHECK(layer_of("tests/gate/support/builders.hpp") == "gate");
  CHECK(layer_of("src/main.cpp") == "main");
  CHECK(layer_of("src/cli/run.cpp") == "cli");
  CHECK(layer_of("bench/gate.cpp") == "bench");
  CHECK(layer_of("tests/support/main.cpp") == "support");
}

TEST_CASE("includes against the direction of the layers are found") {
  const std::vector<planted> table{
      {"truth to domain", "src/truth/a.cpp", "\"sluice/domain/plan.hpp\"", true},
      {"domain to truth", "include/sluice/domain/a.hpp", "\"sluice/truth/merge.hpp\"", false},
      {"gate to truth", "src/gate/a.cpp", "\"sluice/truth/state_table.hpp\"", true},
      {"truth to gate", "src/truth/a.cpp", "\"sluice/gate/judge.hpp\"", false},
      {"planning to truth", "src/planning/a.cpp", "\"sluice/truth/merge.hpp\"", false},
      {"journal to status", "src/journal/a.cpp", "\"sluice/status/settings.hpp\"", false},
      {"simulator to exchange", "src/simulator/a.cpp", "\"sluice/exchange/replies.hpp\"", false},
      {"simulator to HTTP", "src/simulator/a.cpp", "\"sluice/exchange/http_limits.hpp\"", true},
      {"redis to planning", "src/redis/a.cpp", "\"sluice/planning/planner.hpp\"", false},
      {"config to settings", "src/config/a.cpp", "\"sluice/gate/settings.hpp\"", true},
      {"config to freshness", "src/config/a.cpp", "\"sluice/truth/freshness.hpp\"", true},
      {"config to judge", "src/config/a.cpp", "\"sluice/gate/judge.hpp\"", false},
      {"gate to config", "src/gate/a.cpp", "\"sluice/config/config.hpp\"", false},
      {"exchange to actors", "src/exchange/a.cpp", "\"sluice/actors/messages.hpp\"", false},
      {"actors to all", "src/actors/a.cpp", "\"sluice/exchange/client.hpp\"", true},
      {"main to all", "src/main.cpp", "\"sluice/actors/messages.hpp\"", true},
      {"a test over its layer", "tests/gate/a.cpp", "\"sluice/exchange/client.hpp\"", false},
      {"a fuzz target to all", "tests/fuzz/a.cpp", "\"sluice/exchange/client.hpp\"", true},
      {"exchange to simulator", "src/exchange/a.cpp", "\"sluice/simulator/server.hpp\"", false},
      {"a test of exchange to simulator", "tests/exchange/a_test.cpp",
       "\"sluice/simulator/server.hpp\"", false},
      {"where client and venue meet", "tests/exchange/support/a.hpp",
       "\"sluice/simulator/server.hpp\"", true},
      {"where they meet, to others", "tests/exchange/support/a.hpp", "\"sluice/gate/judge.hpp\"",
       false},
      {"a path upwards", "src/gate/a.cpp", "\"../truth/slot.hpp\"", false},
      {"no such layer", "src/gate/a.cpp", "\"sluice/utils/a.hpp\"", false},
  };
  for (const auto& row : table) {
    INFO(row.name);
    const auto found = check_direction(with_include(row.path, row.include));
    CHECK(found.empty() == row.allowed);
    if (!row.allowed) {
      REQUIRE(found.size() == 1);
      CHECK(to_string(found.front()).starts_with(row.path + ":2: "));
    }
  }
}

TEST_CASE("libraries away from home are found") {
  const std::vector<planted> table{
      {"toml++ at home", "src/config/a.cpp", "<toml++/toml.h>", true},
      {"toml++ elsewhere", "src/gate/a.cpp", "<toml++/toml.h>", false},
      {"simdjson in the simulator", "src/simulator/a.cpp", "<simdjson.h>", false},
      {"OpenSSL in the simulator", "src/simulator/a.cpp", "<openssl/ssl.h>", true},
      {"OpenSSL in status", "src/status/a.cpp", "<openssl/ssl.h>", true},
      {"OpenSSL in actors", "src/actors/a.cpp", "<openssl/ssl.h>", false},
      {"Beast in status", "src/status/a.cpp", "<boost/beast/http.hpp>", true},
      {"Asio in actors", "src/actors/a.cpp", "<boost/asio.hpp>", false},
      {"Asio in a fuzz target", "tests/fuzz/a.cpp", "<boost/asio.hpp>", true},
      {"Beast in a public header", "include/sluice/status/a.hpp", "<boost/beast.hpp>", false},
      {"JSON in planning", "src/planning/a.cpp", "<boost/json.hpp>", true},
      {"JSON in the gate", "src/gate/a.cpp", "<boost/json/value.hpp>", false},
      {"result anywhere", "include/sluice/domain/a.hpp", "<boost/system/result.hpp>", true},
      {"hiredis at home", "src/redis/a.cpp", "<hiredis/hiredis.h>", true},
      {"hiredis in actors", "src/actors/a.cpp", "<hiredis/hiredis.h>", false},
      {"SQLite in status", "src/status/a.cpp", "<sqlite3.h>", false},
      {"CAF in its headers", "include/sluice/actors/a.hpp", "<caf/all.hpp>", true},
      {"CAF in the gate", "include/sluice/gate/a.hpp", "<caf/all.hpp>", false},
      {"CLI11 in cli", "src/cli/a.cpp", "<CLI/CLI.hpp>", true},
      {"CLI11 in config", "src/config/a.cpp", "<CLI/CLI.hpp>", false},
      {"spdlog in exchange", "src/exchange/a.cpp", "<spdlog/spdlog.h>", false},
      {"RapidCheck in tests", "tests/gate/a.cpp", "<rapidcheck.h>", true},
      {"RapidCheck in the product", "src/gate/a.cpp", "<rapidcheck.h>", false},
  };
  for (const auto& row : table) {
    INFO(row.name);
    CHECK(check_libraries(with_include(row.path, row.include)).empty() == row.allowed);
  }
}

TEST_CASE("a file of 401 lines is found, one of 400 is not") {
  CHECK(check_file_length(make_file("src/gate/a.cpp", body_of(400))).empty());
  CHECK(check_file_length(make_file("src/gate/a.cpp", body_of(401))).size() == 1);
}

TEST_CASE("a function of 71 lines is found wherever it stands, one of 70 is not") {
  const std::vector<std::pair<std::string, std::string>> frames{
      {"int f(int a) {\n", "}\n"},
      {"namespace a::b {\nnamespace {\n\nint f() {\n", "}\n}\n}\n"},
      {"class c final : public d<int> {\n public:\n  int f() const noexcept {\n", "}\n};\n"},
      {"bool operator==(const a& x, const a& y) {\n", "}\n"},
      {"template <class T = int>\nauto f(T x = {}) -> std::vector<T> {\n", "}\n"},
      {"TEST_CASE(\"text with { and }\") {\n", "}\n"},
      {"constexpr std::array table{one{1}, one{2}};\nint f() {\n", "}\n"},
      {"#define X {\nint f() {  // not { this\n  s = \"{\" R\"({{)\" '{' 1'000;\n", "}\n"},
      {"c::c(int x) : a_{x}, b_(x), d_{} {\n", "}\n"},
  };
  for (const auto& [head, tail] : frames) {
    INFO(head);
    const auto head_lines = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n'));
    CHECK(check_function_length(make_file("src/gate/a.cpp", head + body_of(60) + tail)).empty());
    const auto found =
        check_function_length(make_file("src/gate/a.cpp", head + body_of(70) + tail));
    REQUIRE(found.size() == 1);
    CHECK(found.front().line <= head_lines);
  }
  const auto exactly = [](std::size_t body) {
    return check_function_length(make_file("a.cpp", "void f() {\n" + body_of(body) + "}\n")).size();
  };
  CHECK(exactly(68) == 0);
  CHECK(exactly(69) == 1);
}

TEST_CASE("long classes, namespaces and tables are no functions") {
  for (const auto* head : {"class c {\n", "namespace n {\n", "enum class e : int {\n",
                           "constexpr std::array table{\n", "const auto table = make({\n"}) {
    INFO(head);
    const std::string text = head + std::string(200, '\n') + "};\nvoid f() {\n}\n";
    CHECK(check_function_length(make_file("src/gate/a.cpp", text)).empty());
  }
}

TEST_CASE("a file must begin with a whole sentence") {
  CHECK(check_first_comment(make_file("a.cpp", "// Says what\n// it holds.\n#pragma once\n"))
            .empty());
  CHECK(check_first_comment(make_file("a.cpp", "#pragma once\n")).size() == 1);
  CHECK(check_first_comment(make_file("a.cpp", "// Says what it holds\n\n// Later.\n")).size() ==
        1);
  CHECK(check_first_comment(make_file("a.cpp", "")).size() == 1);
}

TEST_CASE("a pure layer that asks a clock or opens a file is found") {
  const std::string clock = "// Holds a thing.\nauto t = std::chrono::steady_clock::now();\n";
  CHECK(check_purity(make_file("src/gate/a.cpp", clock)).size() == 1);
  CHECK(check_purity(make_file("src/status/a.cpp", clock)).empty());
  CHECK(check_purity(make_file("src/gate/a.cpp", "// No steady_clock::now() here.\n")).empty());
  CHECK(check_purity(with_include("src/ledger/a.cpp", "<fstream>")).size() == 1);
}

TEST_CASE("a pointer that outlives its board is found") {
  const auto found = [](std::string line) {
    line.push_back('\n');
    return check_borrowing(make_file("a.cpp", line)).size();
  };
  std::string asked_at_once = "  if (const auto* rules = given_.universe->cur";
  asked_at_once.append("rent()->find(on))");
  CHECK(found(asked_at_once) == 1);
  CHECK(found("  const auto all = given_.universe->current();") == 0);
  CHECK(found("  return given_.universe->current()->find(on) != nullptr;") == 0);
}

TEST_CASE("what is left for later is found") {
  const std::string word = std::string{"TO"} + "DO";
  CHECK(check_leftovers(make_file("a.cpp", "// " + word + ": more\n")).size() == 1);
  CHECK(check_leftovers(make_file("a.cpp", "int " + word + "S;\n")).empty());
}

TEST_CASE("all rules together report every violation of a file") {
  const auto found = check_all(make_file(
      "src/gate/a.cpp", "#include <sqlite3.h>\n#include \"sluice/actors/a.hpp\"\nvoid f() {\n" +
                            body_of(400) + "}\n"));
  CHECK(found.size() == 5);
}

}  // namespace sluice::structure
