// One log line for each kind of record that the reconciler makes.
#include "book_log.hpp"

#include <variant>

namespace sluice::actors {
namespace {

constexpr std::string_view component{"reconciler"};

void tell(status::logger& log, const fill_recorded& f) {
  log.info(component, "fill",
           {{"symbol", f.what.instrument},
            {"trade", f.what.id},
            {"side", to_string(f.what.direction)},
            {"amount", f.what.amount},
            {"price", f.what.at},
            {"fee", f.what.fee},
            {"ours", f.ours},
            {"plan", f.plan}});
}

void tell(status::logger& log, const ledger_adjusted& a) {
  log.info(component, "ledger_adjusted",
           {{"symbol", a.position.instrument},
            {"from", a.before},
            {"to", a.after},
            {"cause", a.cause},
            {"evidence", a.evidence}});
}

void tell(status::logger& log, const hold_placed& p) {
  log.warn(component, "hold_placed",
           {{"symbol", p.what.position.instrument},
            {"cause", to_string(p.what.cause)},
            {"evidence", p.what.evidence}});
}

void tell(status::logger& log, const hold_released& r) {
  log.info(component, "hold_released",
           {{"symbol", r.what.position.instrument}, {"author", r.author}, {"reason", r.reason}});
}

void tell(status::logger& log, const close_armed& a) {
  log.warn(component, "close_armed",
           {{"symbol", a.what.instrument},
            {"author", a.what.author},
            {"reason", a.what.reason},
            {"until", format_rfc3339(a.what.until)}});
}

void tell(status::logger& log, const close_disarmed& d) {
  log.warn(component, "close_disarmed",
           {{"symbol", d.what.instrument},
            {"why", to_string(d.why)},
            {"author", d.author},
            {"reason", d.reason}});
}

void tell(status::logger& log, const funding_booked& f) {
  log.info(component, "funding",
           {{"symbol", f.instrument}, {"asset", f.asset}, {"amount", f.amount}});
}

void tell(status::logger& log, const notice& n) {
  log.error(component, n.event, {{"what", n.text}});
}

template <class Other>
void tell(status::logger&, const Other&) {}

}  // namespace

void tell_of_books(status::logger& log, const record_body& body) {
  std::visit([&](const auto& b) { tell(log, b); }, body);
}

}  // namespace sluice::actors
