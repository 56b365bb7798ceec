// Draws plans and orders, posts them, and keeps what the answers say.
#include "workload.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <utility>

namespace sluice::simulation {
namespace {

using namespace std::chrono_literals;

/// An answer says so at most this long after the deadline: the verdict is made durable first.
constexpr milliseconds verdict_slack{1'500};

std::string_view side_word(bool buys) {
  return buys ? "buy" : "sell";
}

/// What a judgement says; nothing when there is none yet.
std::optional<std::string> verdict_in(const boost::json::value* judged) {
  const auto* verdict = judged ? judged->as_object().if_contains("verdict") : nullptr;
  if (!verdict)
    return std::nullopt;
  return std::string(verdict->is_string() ? verdict->as_string()
                                          : verdict->as_object().at("kind").as_string());
}

/// Whether an answer without a verdict says that the plan is taken in.
bool says_accepted(const std::string& text, std::string_view plan) {
  const auto body = boost::json::parse(text).as_object();
  return body.at("plan_id").as_string() == plan && body.at("status").as_string() == "accepted";
}

}  // namespace

workload::workload(world& w, draws& random, std::vector<std::string> symbols)
    : world_(w), random_(random), symbols_(std::move(symbols)) {}

std::string workload::new_id() {
  return fmt::format("plan-{}", ++last_);
}

const std::string& workload::some_symbol() {
  if (ground_open_ && random_.chance(30))
    return kept_off_;
  const auto& name = random_.one_of(symbols_);
  return name == kept_off_ && !ground_open_ ? some_symbol() : name;
}

/// One in four is over soon, so that deadlines fall while plans wait.
milliseconds workload::some_life() {
  return random_.chance(25) ? random_.time(150ms, 3s) : random_.time(3s, 60s);
}

void workload::act(process& on) {
  const auto what = random_.between(1, 100);
  if (what <= 45)
    open(on);
  else if (what <= 73)
    reduce(on);
  else if (what <= 79)
    cancel(on);
  else if (what <= 87)
    repeat(on);
  else
    order(on);
}

void workload::offer(process& on, const std::string& id, std::string body, milliseconds ttl) {
  offered_[id] = {id, 0, std::nullopt};
  ttl_[id] = ttl;
  post(on, id, bodies_[id] = std::move(body));
}

void workload::post(process& on, const std::string& id, const std::string& body) {
  const auto json = boost::json::parse(body).as_object();
  const auto* symbol_text = json.if_contains("symbol");
  if (watch && symbol_text)
    watch(id, std::string(symbol_text->as_string()));
  status::query_parameters query;
  if (random_.chance(70))
    query = status::query_parameters{{{"wait", "9s"}}};
  world_.trace("plan " + body);
  // Whoever repeats a plan that never came in offers it anew.
  if (!offered_[id].taken)
    offered_[id].deadline = (world_.age() + ttl_[id] + verdict_slack).count();
  waiting_[on.ask("POST", "/api/v1/plans", body, std::move(query))] = id;
}

void workload::open(process& on) {
  const auto id = new_id();
  const auto& name = some_symbol();
  const auto mark = world_.venue->mark(symbol(name)).value_or(price::whole(1));
  const auto value = random_.between(60, 400);
  const auto per_mark = static_cast<double>(value) / (static_cast<double>(mark.raw()) / 1e8);
  const auto ttl = some_life();
  std::string size;
  const bool buys = random_.chance(50);
  switch (random_.between(0, 2)) {
    case 0:
      size = fmt::format(R"("quantity":"{:.3f}")", std::max(per_mark, 0.001));
      break;
    case 1:
      size = fmt::format(R"("notional":"{}")", value);
      break;
    default: {
      const auto away = mark.raw() / 50 * (buys ? -1 : 1);
      const auto stop = price::from_raw(mark.raw() + away);
      size = fmt::format(R"("risk":"{}","stop":"{}")", std::max<std::int64_t>(value / 50, 2),
                         stop.str());
    }
  }
  const auto body = fmt::format(
      R"({{"plan_id":"{}","source":"sim","symbol":"{}","kind":"open","side":"{}",{},"ttl":"{}"}})",
      id, name, side_word(buys), size, format_duration(ttl));
  offer(on, id, body, ttl);
}

void workload::reduce(process& on) {
  const auto id = new_id();
  const auto& name = some_symbol();
  const auto ttl = some_life();
  const auto target =
      random_.chance(70) ? std::string("0") : fmt::format("0.{:03}", random_.between(1, 80));
  const auto body = fmt::format(
      R"({{"plan_id":"{}","source":"sim","symbol":"{}","kind":"reduce","target":"{}","ttl":"{}"}})",
      id, name, target, format_duration(ttl));
  offer(on, id, body, ttl);
}

void workload::cancel(process& on) {
  if (bodies_.empty())
    return;
  const auto id = new_id();
  const auto newest = std::max<std::uint64_t>(last_, 4) - 1;
  const auto target = newest - static_cast<std::uint64_t>(random_.between(0, 2));
  const auto body = fmt::format(
      R"({{"plan_id":"{}","source":"sim","symbol":"{}","kind":"cancel","cancels":"plan-{}","ttl":"10s"}})",
      id, some_symbol(), target);
  offer(on, id, body, 10s);
}

void workload::repeat(process& on) {
  if (bodies_.empty())
    return;
  auto at = bodies_.begin();
  std::advance(at, random_.between(0, static_cast<std::int64_t>(bodies_.size()) - 1));
  post(on, at->first, at->second);
}

void workload::order(process& on) {
  const auto& name = random_.one_of(symbols_);
  constexpr std::string_view who = R"("author":"anna","reason":"drill")";
  const auto say = [&](std::string path, std::string fields) {
    world_.trace("order " + path + " " + fields);
    (void)on.ask("POST", std::move(path),
                 fmt::format("{{{}{}{}}}", who, fields.empty() ? "" : ",", fields));
  };
  switch (random_.between(0, 7)) {
    case 0:
      return say("/api/v1/state", R"("state":"reduce_only","for":"20s")");
    case 1:
      return say("/api/v1/state", R"("state":"halted","for":"10s")");
    case 2:
      return say("/api/v1/state", R"("state":"active")");
    case 3:
    case 7:
      return say("/api/v1/flatten", fmt::format(R"("symbol":"{}")", name));
    case 4:
      return say("/api/v1/holds/" + name + "/release", "");
    case 5:
      return say(
          "/api/v1/overrides",
          fmt::format(R"("key":"gate.stale_after_{}","value":"{}","for":"1m")",
                      random_.chance(70) ? "entry" : "exit", random_.chance(70) ? "8s" : "4s"));
    default:
      return say("/api/v1/closes/" + name + "/arm", R"("for":"1m")");
  }
}

void workload::hear(process& on) {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto answer = on.answer_of(at->first);
    if (!answer) {
      ++at;
      continue;
    }
    world_.trace(
        fmt::format("told {} {}: {}", at->second, answer->status, answer->body.substr(0, 200)));
    if (answer->status == 200) {
      const auto body = boost::json::parse(answer->body).as_object();
      const bool same =
          body.at("plan_id").as_string() == at->second && !body.if_contains("duplicate_of");
      if (auto verdict = verdict_in(body.if_contains("judged")); verdict && same)
        offered_[at->second].told = std::move(verdict);
    }
    if (answer->status == 202 && says_accepted(answer->body, at->second))
      offered_[at->second].taken = true;
    answers_.push_back(std::move(answer->body));
    at = waiting_.erase(at);
  }
}

std::map<std::string, std::string> workload::look_up(process& on) {
  constexpr std::uint64_t newest = 20;
  std::map<std::string, std::uint64_t> asked;
  for (auto n = last_ - std::min(last_, newest) + 1; n <= last_; ++n) {
    const auto id = fmt::format("plan-{}", n);
    asked[id] = on.ask("GET", "/api/v1/plans/" + id, "");
  }
  while (on.step()) {
  }
  std::map<std::string, std::string> shown;
  for (const auto& [id, request] : asked) {
    const auto answer = on.answer_of(request);
    answers_.push_back(answer ? answer->body : "");
    if (answer && answer->status == 404)
      continue;  // It never came in.
    shown[id] = "";
    if (!answer || answer->status != 200)
      continue;
    const auto page = boost::json::parse(answer->body).as_object();
    const auto& verdicts = page.at("verdicts").as_array();
    if (auto verdict = verdict_in(verdicts.empty() ? nullptr : &verdicts.front()))
      shown[id] = std::move(*verdict);
  }
  world_.trace(fmt::format("the pages of {} plans say their verdicts", shown.size()));
  return shown;
}

std::string workload::open_last(process& on, const std::string& name) {
  auto id = new_id();
  offer(
      on, id,
      fmt::format(
          R"({{"plan_id":"{}","source":"sim","symbol":"{}","kind":"open","side":"buy","notional":"250","ttl":"15s"}})",
          id, name),
      15s);
  return id;
}

void workload::close_last(process& on, const std::string& name) {
  const auto id = new_id();
  offer(
      on, id,
      fmt::format(
          R"({{"plan_id":"{}","source":"sim","symbol":"{}","kind":"reduce","target":"0","ttl":"15s"}})",
          id, name),
      15s);
}

void workload::call_it_a_day(process& on) {
  (void)on.ask("POST", "/api/v1/state", R"({"author":"anna","reason":"the end","state":"active"})");
}

}  // namespace sluice::simulation
