// What journal settings admit.
#include "sluice/journal/settings.hpp"

namespace sluice::journal {
namespace {

/// As far back as a start looks for what the limits of a day are counted from.
constexpr milliseconds retention_min = std::chrono::hours{48};

}  // namespace

std::vector<setting_fault> validate(const journal_settings& s) {
  std::vector<setting_fault> faults;
  if (s.state_dir.empty())
    faults.push_back({"state_dir", "is empty; takes the path of a directory"});
  if (s.commit_batch_max < 1 || s.commit_batch_max > 100'000)
    faults.push_back({"commit_batch_max", "takes 1 to 100000 records"});
  if (s.commit_wait < milliseconds{0} || s.commit_wait > milliseconds{100})
    faults.push_back({"commit_wait", "takes \"0ms\" to \"100ms\""});
  if (s.busy_timeout < milliseconds{0} || s.busy_timeout > milliseconds{60'000})
    faults.push_back({"busy_timeout", "takes \"0ms\" to \"1m\""});
  if (s.trade_ids_kept < 1 || s.trade_ids_kept > 1'000'000)
    faults.push_back({"trade_ids_kept", "takes 1 to 1000000 ids per symbol"});
  const bool keeps_all = s.retention == milliseconds{0};
  if (!keeps_all && (s.retention < retention_min || s.retention > std::chrono::hours{87'600}))
    faults.push_back(
        {"retention",
         "takes \"0ms\" (keep all), or \"48h\" to \"87600h\": a start counts the limits "
         "of a day from the records of two days"});
  return faults;
}

std::filesystem::path journal_path(const journal_settings& s) {
  return std::filesystem::path(s.state_dir) / "journal.db";
}

}  // namespace sluice::journal
