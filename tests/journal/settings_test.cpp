// What journal settings admit.
#include "sluice/journal/settings.hpp"

#include "support/catch.hpp"

namespace sluice::journal {
namespace {

TEST_CASE("the journal's default settings are admitted") {
  CHECK(validate({}).empty());
  CHECK(journal_path({}) == "var/sluice/journal.db");
}

TEST_CASE("every fault of the journal's settings is reported at once") {
  const auto faults = validate({.state_dir = "",
                                .commit_batch_max = 0,
                                .commit_wait = milliseconds{101},
                                .busy_timeout = milliseconds{-1},
                                .trade_ids_kept = 0,
                                .retention = milliseconds{-1}});
  std::vector<std::string> keys;
  for (const auto& f : faults)
    keys.push_back(f.key);
  CHECK(keys == std::vector<std::string>{"state_dir", "commit_batch_max", "commit_wait",
                                         "busy_timeout", "trade_ids_kept", "retention"});
}

TEST_CASE("a retention keeps everything, or at least what a day's limits are counted from") {
  using std::chrono::hours;
  for (const milliseconds admitted : {hours{0}, hours{48}, hours{87'600}})
    CHECK(validate({.retention = admitted}).empty());
  for (const auto refused : {milliseconds{1}, milliseconds{hours{48}} - milliseconds{1},
                             milliseconds{hours{87'600}} + milliseconds{1}}) {
    const auto faults = validate({.retention = refused});
    REQUIRE(faults.size() == 1);
    CHECK_THAT(faults.front().text, ContainsSubstring("\"48h\" to \"87600h\""));
  }
}

}  // namespace
}  // namespace sluice::journal
