// One line for each thing that happens to a flatten.
#include "flatten_log.hpp"

#include "flatten_port.hpp"

namespace sluice::actors {

void tell_flatten(status::logger& log, std::string_view event, const flatten_order& what) {
  log.warn("flattener", event,
           {{"id", what.id},
            {"scope", scope_of(what)},
            {"author", what.author},
            {"reason", what.reason}});
}

void tell_end(status::logger& log, const flatten_ended& end) {
  if (end.why == flatten_end::given_up)
    log.error("flattener", "flatten_given_up",
              {{"id", end.what.id}, {"scope", scope_of(end.what)}, {"left", end.left}});
  else
    log.warn("flattener", "flatten_ended",
             {{"id", end.what.id}, {"scope", scope_of(end.what)}, {"how", to_string(end.why)}});
}

void tell_cancel(status::logger& log, const cancel_answered& answer) {
  const auto words = words_of(answer.what);
  if (answer.fault.empty())
    log.warn("flattener", "orders_cancelled", {{"id", answer.flatten}, {"what", words}});
  else
    log.limited(words, status::log_level::error, "flattener", "orders_not_cancelled",
                {{"id", answer.flatten}, {"what", words}, {"why", answer.fault}});
}

}  // namespace sluice::actors
