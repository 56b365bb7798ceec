// Applies the content side of a course to a reply.
#include "bent_reply.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "body_damage.hpp"
#include "refusals.hpp"
#include "venue_error.hpp"

namespace sluice::simulator {
namespace {

void fill_in(std::string& text, std::string_view token, const std::string& value) {
  for (auto at = text.find(token); at != std::string::npos; at = text.find(token, at))
    text.replace(at, token.size(), value);
}

void replace(const course& c, venue_time now, reply& out) {
  auto instead = c.instead;
  fill_in(instead.body, "{until_ms}", std::to_string(now.ms + c.ban.count()));
  std::erase_if(out.headers, [](const auto& h) { return h.first == "Retry-After"; });
  instead.headers.insert(instead.headers.end(), out.headers.begin(), out.headers.end());
  out = std::move(instead);
}

/// An order's reply, as long as the order is too young for the reading side to know it.
bool is_too_young(const reply& out, milliseconds hidden_for, venue_time now) {
  boost::system::error_code ec;
  const auto parsed = boost::json::parse(out.body, ec);
  const auto* order = ec ? nullptr : parsed.if_object();
  const auto* made = order ? order->if_contains("time") : nullptr;
  return made && made->is_int64() && now.ms - made->as_int64() < hidden_for.count();
}

}  // namespace

void bend_reply(const course& c, venue_time now, reply& out) {
  if (c.hidden_for.count() > 0 && out.status == 200 && is_too_young(out, c.hidden_for, now)) {
    auto hidden = error_reply(refuse<-2013>());
    hidden.headers = std::move(out.headers);
    out = std::move(hidden);
  }
  if (c.replaced)
    replace(c, now, out);
  if (c.damage)
    out.body = damaged(std::move(out.body), *c.damage, c.damaged_field);
}

}  // namespace sluice::simulator
