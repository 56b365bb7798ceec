// Problem documents as RFC 9457 wants them.
#include "sluice/status/problem.hpp"

#include "support/catch.hpp"

using namespace sluice::status;

TEST_CASE("a problem document names its kind, what is wrong, and each field") {
  const problem p{422,
                  "invalid_plan",
                  "The plan cannot be read",
                  "2 fields are wrong",
                  {{"quantity", "\"-1\" is negative"}, {"/0/side", "missing"}}};
  CHECK(to_json(p) ==
        R"({"type":"urn:sluice:problem:invalid_plan","title":"The plan cannot be read",)"
        R"("status":422,"detail":"2 fields are wrong","errors":[)"
        R"({"field":"quantity","reason":"\"-1\" is negative"},)"
        R"({"field":"/0/side","reason":"missing"}]})");
}

TEST_CASE("a problem without a kind of its own is about its status") {
  const auto answer = problem_response(404, "");
  CHECK(answer.status == 404);
  CHECK(answer.content_type == "application/problem+json");
  CHECK(answer.body == R"({"type":"about:blank","title":"Not Found","status":404})");
}

TEST_CASE("bytes that are not UTF-8 are replaced in a problem document") {
  const auto text = to_json({400, "", "", "\xff ok \xc0\xaf \xed\xa0\x80", {}});
  CHECK_THAT(text, ContainsSubstring("\xef\xbf\xbd ok \xef\xbf\xbd\xef\xbf\xbd "
                                     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
}
