// Draws faults for requests and turns them into courses.
#include "fault_book.hpp"

#include <algorithm>

namespace sluice::simulator {
namespace {

bool is_delay(request_effect e) {
  return e == request_effect::delay || e == request_effect::delay_before;
}

void answer_instead(const request_fault& f, course& c) {
  c.takes_effect = f.executes;
  c.replaced = true;
  c.instead.status = f.http_status;
  c.instead.content_type = f.content_type;
  c.instead.body = f.body;
  if (f.retry_after_s)
    c.instead.headers.emplace_back("Retry-After", std::to_string(*f.retry_after_s));
}

void garble(const request_fault& f, course& c) {
  if (f.body.empty()) {
    c.malformed = true;
    return;
  }
  c.replaced = true;
  c.instead.content_type = f.content_type;
  c.instead.body = f.body;
}

void apply(const request_fault& f, course& c) {
  switch (f.effect) {
    case request_effect::delay:
      c.after += f.delay;
      return;
    case request_effect::delay_before:
      c.before += f.delay;
      return;
    case request_effect::status:
      return answer_instead(f, c);
    case request_effect::malform:
      return garble(f, c);
    case request_effect::drop_reply:
      c.leaves = departure::never;
      return;
    case request_effect::hang:
      c.takes_effect = false;
      c.leaves = departure::never;
      return;
    case request_effect::reset_before:
      c.takes_effect = false;
      c.leaves = departure::reset;
      return;
    case request_effect::reset_after:
      c.leaves = departure::reset;
      return;
    case request_effect::truncate:
      c.leaves = departure::truncated;
      return;
  }
}

}  // namespace

bool fault_book::hits(request_fault& f, const request& r) {
  if ((!f.method.empty() && f.method != r.method) || !r.path.starts_with(f.path))
    return false;
  if (f.chance_percent < 100 && random_.between(1, 100) > f.chance_percent)
    return false;
  if (f.count > 0 && --f.count == 0)
    f.count = -1;  // Spent; bend removes it.
  return true;
}

void fault_book::bend(const request& r, course& c) {
  for (auto& f : faults_) {
    if (!hits(f, r))
      continue;
    apply(f, c);
    if (!is_delay(f.effect))
      break;
  }
  std::erase_if(faults_, [](const request_fault& f) { return f.count < 0; });
}

}  // namespace sluice::simulator
