// How much of the limits is in use, as the gate tells: once a second for those who only look, and
// anew for those who ask.
#pragma once

#include <memory>

#include "limit_documents.hpp"
#include "sluice/actors/interfaces.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {

/// For one actor, which must outlive the answers it waits for.
class limits_watch {
 public:
  /// Asks the gate when it is time.
  void look(status_actor::base* self, const gate_actor& gate, instant now) {
    if (now < due_)
      return;
    due_ = now + std::chrono::seconds{1};
    self->request(gate, caf::infinite, show_limits{})
        .then([this](const limits_shown& s) { last_ = s.now; }, [](const caf::error&) {});
  }

  /// Null before the first answer.
  [[nodiscard]] const std::shared_ptr<const limits_view>& last() const { return last_; }

 private:
  std::shared_ptr<const limits_view> last_{};
  instant due_{};
};

/// Answers with the document of the limits at this moment.
inline void answer_limits(status_actor::base* self, const gate_actor& gate,
                          const status::responder& reply) {
  self->request(gate, caf::infinite, show_limits{})
      .then([reply](const limits_shown& s) { reply(status::json_response(limits_json(*s.now))); },
            [reply](const caf::error&) {
              reply(status::problem_response(503, "the gate does not answer"));
            });
}

}  // namespace sluice::actors
