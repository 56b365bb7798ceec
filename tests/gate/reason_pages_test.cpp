// docs/reasons.md and docs/decision-table.md say what the code says: they are made from its tables.
// SLUICE_WRITE_DOCS=1 writes them anew.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "reason_rows.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* reasons_head =
    R"(# Reasons

Every code the gate can refuse a plan with, in the order in which it reports them: the first that
applies is the verdict's reason. The same words stand in API, log, journal and metrics. Made from the
product's own tables; a test holds the two equal.

"waits" says what a plan does that is refused for nothing else: one that waits *for a read* is
parked, truth is read at once, and it is judged again; one that waits *for its end* is parked until
what stands in its way has passed. Exits wait until shortly before their deadline, entries for
`gate.park_entry` at most. "done" means that the exit that was wanted has happened.

| code | asked of | waits | cause | cure |
|---|---|---|---|---|
)";

constexpr const char* decisions_head =
    R"(# Decision table

For each way to be refused the least that has to be wrong, and what the gate then says. Everything not
named passes: fresh truth, a known symbol, a mark, no order under way, no hold, an active state. Made
by asking the gate; a test holds this page and the code equal. What each code means and what helps:
[reasons.md](reasons.md).

| reason | asked of | when | observed | limit | verdict |
|---|---|---|---|---|---|
)";

std::string kinds_of(refusal_code c) {
  const auto found = std::ranges::find(rules(), c, &rule::code);
  if (found == rules().end())
    return "";
  std::string kinds;
  for (const auto& [asked, word] :
       {std::pair{found->scope.open, "open"}, std::pair{found->scope.reduce, "reduce"},
        std::pair{found->scope.cancel, "cancel"}})
    if (asked)
      kinds += (kinds.empty() ? "" : ", ") + std::string(word);
  return kinds;
}

std::string waits_of(refusal_code c) {
  if (curable_by_read(c))
    return "for a read";
  if (curable_by_waiting(c))
    return "for its end";
  return counts_as_done(c) ? "no: done" : "no";
}

std::string reasons_page() {
  std::string page = reasons_head;
  for (std::size_t i = 0; i < refusal_code_count; ++i) {
    const auto c = static_cast<refusal_code>(i);
    const auto kinds = kinds_of(c);
    page += fmt::format("| `{}` | {} | {} | {} | {} |\n", to_string(c),
                        kinds.empty() ? "outside of the rules" : kinds, waits_of(c), cause_of(c),
                        cure_of(c));
  }
  return page;
}

std::string decision_page() {
  std::string page = decisions_head;
  for (auto& r : reason_rows()) {
    auto f = facts_that_pass(r.subject);
    r.spoil(r.subject, f);
    const auto outcome = to_verdict(judge(r.subject, f, milliseconds{2'000}));
    const auto& first = outcome.refusals.front();
    page += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", to_string(first.code),
                        kind_of(r.subject), r.name, to_string(first.observed),
                        to_string(first.limit), to_string(outcome.kind));
  }
  return page;
}

/// Writes the page when asked to; else the file has to be the page already.
void check_page(const std::string& name, const std::string& page) {
  const auto path = fmt::format("{}/docs/{}", SLUICE_SOURCE_DIR, name);
  if (std::getenv("SLUICE_WRITE_DOCS") != nullptr)
    std::ofstream(path) << page;
  std::ifstream in(path);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  INFO("SLUICE_WRITE_DOCS=1 gate_tests writes docs/" << name << " anew");
  CHECK(found == page);
}

}  // namespace

TEST_CASE("the page of reasons is what the enumeration says") {
  check_page("reasons.md", reasons_page());
}

TEST_CASE("the decision table is what the gate decides") {
  check_page("decision-table.md", decision_page());
}
