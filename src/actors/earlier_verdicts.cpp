// One question after the other; a request has few plans that were judged by another process.
#include "earlier_verdicts.hpp"

#include <algorithm>
#include <utility>

#include "sluice/journal/record_json.hpp"

namespace sluice::actors {
namespace {

bool may_be_in_the_journal(const plan_fate& f) {
  return f.verdict.empty() && !f.awaited && !is_refused(f.reception);
}

void look_from(std::size_t place, intake_actor::base* self, const journal_actor& journal,
               std::shared_ptr<waiting_request> of, std::function<void()> then) {
  const auto& fates = of->fates;
  const auto next = std::find_if(fates.begin() + static_cast<std::ptrdiff_t>(place), fates.end(),
                                 may_be_in_the_journal);
  if (next == fates.end())
    return then();
  const auto found_at = static_cast<std::size_t>(next - fates.begin());
  self->request(journal, caf::infinite, find_plan{next->judged_as(), true})
      .then(
          [=](const plan_found& found) {
            if (!found.verdict.empty())
              of->fates[found_at].verdict = journal::long_numbers_as_text(found.verdict);
            look_from(found_at + 1, self, journal, of, then);
          },
          [then](const caf::error&) { then(); });
}

}  // namespace

void look_up_verdicts(intake_actor::base* self, const journal_actor& journal,
                      std::shared_ptr<waiting_request> of, std::function<void()> then) {
  look_from(0, self, journal, std::move(of), std::move(then));
}

}  // namespace sluice::actors
