// A secret is found wherever it is kept or shown, as it is and in hexadecimal digits.
#include "oracle/oracle.hpp"
#include "support/catch.hpp"

using namespace sluice::oracle;

namespace {

history a_history() {
  history h;
  h.secrets = {"hunter2key"};
  h.records = {{1, "notice", R"({"detail":"a request failed"})", 0}};
  h.answers = {R"({"plan_id":"p1"})"};
  h.log = {"GET /fapi/v1/time was answered", "the parameter signature= is left out"};
  return h;
}

}  // namespace

TEST_CASE("what carries no secret breaks nothing") {
  CHECK(check_secrets(a_history()).empty());
}

TEST_CASE("a secret in a record, an answer or the log is found") {
  const std::string shown =
      GENERATE(as<std::string>{}, "the key is hunter2key", "68756e746572326b6579",
               "aHVudGVyMmtleQ==", "x?signature=" + std::string(64, 'a') + "&y");
  CAPTURE(shown);
  auto h = a_history();
  SECTION("record") {
    h.records.front().json = R"({"detail":")" + shown + R"("})";
  }
  SECTION("answer") {
    h.answers.front() = shown;
  }
  SECTION("log") {
    h.log.push_back(shown);
  }
  REQUIRE(check_secrets(h).size() == 1);
  CHECK(check_secrets(h).front().invariant == "I9");
}
