// Documents as a person reads them in a terminal.
#include "sluice/status/readable.hpp"

#include "support/catch.hpp"

using namespace sluice::status;

TEST_CASE("a document is a line per value, rows set apart") {
  CHECK(readable(R"({"state":"halted","until":null,"count":3,"none":[],
    "holds":[{"id":1,"at":{"a":"b"}},{"id":2}],"words":["x","y"]})") ==
        "state: halted\n"
        "until: -\n"
        "count: 3\n"
        "none: none\n"
        "holds:\n"
        "  id: 1\n"
        "  at:\n"
        "    a: b\n"
        "\n"
        "  id: 2\n"
        "words:\n"
        "  x\n"
        "  y\n");
}

TEST_CASE("what could drive a terminal does not get there") {
  CHECK(readable(R"({"reason":"a\u001b[2Jb\nc"})") == "reason: a [2Jb c\n");
  CHECK(readable("\x1b[2J") == " [2J\n");
}

TEST_CASE("a problem is told by its detail and its fields") {
  CHECK(readable_problem(R"({"title":"Conflict","status":409,"detail":"remove the file"})") ==
        "remove the file\n");
  CHECK(readable_problem(R"({"title":"Bad Request","errors":[{"field":"key","reason":"no"}]})") ==
        "key: no\n");
  CHECK(readable_problem(R"({"title":"Not Found"})") == "Not Found\n");
  CHECK(readable_problem("<html>") == "<html>\n");
}
