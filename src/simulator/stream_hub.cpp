// Routes events to stream connections, and loses or doubles them when the fault script says so.
#include "stream_hub.hpp"

#include <algorithm>

#include "parameters.hpp"

namespace sluice::simulator {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0)
      parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// Takes the route off the front of a path; un-routed paths serve public data only.
stream_route take_route(std::string_view& path) {
  for (auto [prefix, route] :
       {std::pair{"/market", stream_route::market}, std::pair{"/private", stream_route::private_},
        std::pair{"/public", stream_route::public_}}) {
    if (path.starts_with(prefix)) {
      path.remove_prefix(std::string_view(prefix).size());
      return route;
    }
  }
  return stream_route::public_;
}

}  // namespace

stream_hub::stream_hub(const settings& s, const listing& l)
    : listing_(&l),
      messages_max_(s.messages_per_second_max),
      streams_max_(s.streams_max),
      faults_(s.seed) {}

std::optional<stream_id> stream_hub::open(std::string_view target) {
  const auto mark = std::min(target.find('?'), target.size());
  auto path = target.substr(0, mark);
  const auto query = parameters::parse(mark < target.size() ? target.substr(mark + 1) : "", "");
  if (error_of(query))
    return std::nullopt;
  const auto& p = std::get<0>(query);
  connection c;
  c.route = take_route(path);
  if (faults_.refuses(c.route == stream_route::private_ ? stream_kind::user : stream_kind::market,
                      since_))
    return std::nullopt;
  c.combined = path == "/stream" || path == "/stream/";
  if (!c.combined && path != "/ws" && !path.starts_with("/ws/"))
    return std::nullopt;
  auto decoded = percent_decode(path.substr(std::min<std::size_t>(path.size(), 4)));
  if (!decoded)
    return std::nullopt;
  c.names = c.combined ? split(p.find("streams").value_or(""), '/') : split(*decoded, '/');
  if (c.route == stream_route::private_) {
    if (auto key = p.find("listenKey"))
      c.names.emplace_back(*key);
    c.events = split(p.find("events").value_or(""), '/');
  }
  if (c.names.size() > streams_max_)
    return std::nullopt;
  connections_.emplace(next_, std::move(c));
  return next_++;
}

void stream_hub::deliver(stream_id to, const connection& c, payload& p, batch& into) {
  if (c.combined && !p.wrapped)
    p.wrapped = std::make_shared<const std::string>(R"({"stream":")" + p.name + R"(","data":)" +
                                                    *p.plain + "}");
  into.push_back({to, c.combined ? p.wrapped : p.plain, false});
}

void stream_hub::release(const batch& sent) {
  outbox_.insert(outbox_.end(), sent.begin(), sent.end());
}

void stream_hub::send(batch sent, stream_kind kind, std::string_view type) {
  constexpr std::chrono::seconds turn_limit{1};
  // Not a conditional of a literal and a string: that would be a string of its own, gone at once.
  std::string_view text;
  if (!sent.empty() && sent.front().text)
    text = *sent.front().text;
  const auto fate = faults_.draw(kind, type, text, since_);
  if (fate.after_next && !after_next_) {
    after_next_ = std::move(sent);
    after_next_until_ = now_ + turn_limit;
    return;
  }
  for (int n = 0; n < fate.copies; ++n) {
    if (fate.delay.count() > 0)
      late_.emplace(now_ + fate.delay, sent);
    else
      release(sent);
  }
  if (after_next_)
    release(*std::exchange(after_next_, std::nullopt));
}

void stream_hub::meet(instant now, milliseconds since) {
  now_ = now;
  since_ = since;
  while (!late_.empty() && late_.begin()->first <= now) {
    release(late_.begin()->second);
    late_.erase(late_.begin());
  }
  if (after_next_ && now >= after_next_until_)
    release(*std::exchange(after_next_, std::nullopt));
  for (auto kind : faults_.due_drops(since))
    drop(kind);
}

std::optional<instant> stream_hub::next_due() const {
  std::optional<instant> next;
  const auto sooner = [&](instant t) { next = next ? std::min(*next, t) : t; };
  if (!late_.empty())
    sooner(late_.begin()->first);
  if (after_next_)
    sooner(after_next_until_);
  if (auto drop = faults_.next_drop())
    sooner(now_ + (*drop - since_));
  return next;
}

void stream_hub::drop(stream_kind kind) {
  const auto route = kind == stream_kind::user ? stream_route::private_ : stream_route::market;
  for (const auto& [id, c] : connections_)
    if (c.route == route)
      outbox_.push_back({id, nullptr, true});
}

void stream_hub::publish_user(const std::string& listen_key, std::string_view type,
                              std::string text) {
  payload p{listen_key, std::make_shared<const std::string>(std::move(text)), {}};
  batch sent;
  ++user_events_;
  for (const auto& [id, c] : connections_) {
    const bool follows = c.route == stream_route::private_ &&
                         std::find(c.names.begin(), c.names.end(), listen_key) != c.names.end();
    const bool passes =
        c.events.empty() || std::find(c.events.begin(), c.events.end(), type) != c.events.end();
    if (follows && passes)
      deliver(id, c, p, sent);
  }
  send(std::move(sent), stream_kind::user, type);
}

void stream_hub::publish_market(const std::string& name, std::string text) {
  payload p{name, std::make_shared<const std::string>(std::move(text)), {}};
  batch sent;
  for (const auto& [id, c] : connections_)
    if (c.route == stream_route::market &&
        std::find(c.names.begin(), c.names.end(), name) != c.names.end())
      deliver(id, c, p, sent);
  send(std::move(sent), stream_kind::market, name.substr(1));
}

}  // namespace sluice::simulator
