// Virtual time and hand-made answers for the whole pipeline.
#include "support/pipeline_fixture.hpp"

#include <unistd.h>

#include "answer_slot.hpp"
#include "halt_file.hpp"
#include "sluice/actors/recovery.hpp"
#include "sluice/actors/status.hpp"

namespace sluice::testing {
namespace {

config::settings settings_for_tests(const std::filesystem::path& directory) {
  config::settings s;
  s.mode = run_mode::testnet;
  s.account = "test";
  s.journal.state_dir = directory.string();
  s.snapshot.bound = milliseconds{2'000};
  s.gate.limits.cooldown = milliseconds{0};
  s.limits.limits = {};  // None: those who test limits set them.
  s.log.to_stderr = false;
  s.log.level = status::log_level::error;
  return s;
}

instrument_rules rules_of(const std::string& name, const std::string& step) {
  instrument_rules r;
  r.instrument = symbol(name);
  r.tradable = true;
  r.status = "TRADING";
  r.contract_type = "PERPETUAL";
  r.quote_asset = "USDT";
  r.tick = price::parse("0.01").value();
  r.lot = {quantity::parse(step).value(), quantity::whole(10'000), quantity::parse(step).value()};
  r.market_lot = r.lot;
  r.min_notional = notional::whole(5);
  return r;
}

}  // namespace

pipeline_world::pipeline_world() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-actors-XXXXXX").string();
  directory = ::mkdtemp(pattern.data());
  chosen = settings_for_tests(directory / "state");
}

pipeline_world::~pipeline_world() {
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

pipeline_run::pipeline_run(pipeline_world& w, std::uint32_t seed)
    : world(w), random_(seed), shuffled_(seed != 0) {
  config_.set("scheduler.policy", caf::atom("testing"));
  system_ = std::make_unique<caf::actor_system>(config_);
  scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());

  std::filesystem::create_directories(world.chosen.journal.state_dir);
  const auto path = journal::journal_path(world.chosen.journal);
  auto store = journal::store::open(path).value();
  auto found = store->recover().value();
  reader_ = journal::reader::open(path).value();
  keeper_ = std::make_shared<truth_keeper>(truth_keeper::options{});

  given.exchange = world.exchange;
  given.table = keeper_->table();
  given.marks = std::make_shared<mark_board>(keeper_->directory());
  given.universe = std::make_shared<universe_board>();
  given.vitals = std::make_shared<actors::vitals>();
  given.log = status::logger::start(world.chosen.log);
  given.metrics = std::make_shared<status::metrics>();
  given.mode = world.chosen.mode;
  given.account = world.chosen.account;
  given.time =
      actors::timekeeper([&set_by = world.wall_set_by_ms, origin = world.wall_ms](instant at) {
        return wall_time{origin + set_by + between(instant{}, at).count()};
      });
  const auto began = given.time.at(now());
  auto first = actors::settle_undecided(found, began);
  scheduler_->clock().current_time += duration{world.opening_takes};
  actors::pipeline_parts parts{world.chosen,
                               build_,
                               given,
                               keeper_,
                               std::move(store),
                               journal::reader::open(path).value(),
                               std::move(found),
                               actors::journal_thread::shared,
                               [this](int code) { ended_with_ = code; },
                               actors::look_for_halt_file(actors::halt_file_path(world.chosen))};
  parts.manager = world.manager;
  all = actors::spawn_pipeline(*system_, std::move(parts), began);
  actors::start_pipeline(all, std::move(first));
  settle();
}

pipeline_run::~pipeline_run() {
  if (ended_with_ < 0)
    end();
  all.reset();
  world.exchange->reads.clear();
  world.exchange->orders.clear();
  world.exchange->queries.clear();
  world.exchange->fills_reads.clear();
  world.exchange->conditionals.clear();
  world.exchange->universe_answer = nullptr;
  world.exchange->user_sink = nullptr;
  world.exchange->mark_sink = nullptr;
  scheduler_->run();
  system_.reset();
}

instant pipeline_run::now() const {
  return system_->clock().now();
}

void pipeline_run::go_on() {
  still_ = nullptr;
  for (auto* job : std::exchange(held_, {}))
    scheduler_->jobs.push_back(job);
  run_jobs();
}

void pipeline_run::run_jobs() {
  while (still_ && scheduler_->has_job()) {
    auto& jobs = scheduler_->jobs;
    if (jobs.front() == still_) {
      held_.push_back(still_);
      jobs.pop_front();
    } else {
      scheduler_->try_run_once();
    }
  }
  if (!shuffled_) {
    scheduler_->run();
    return;
  }
  while (scheduler_->has_job()) {
    auto& jobs = scheduler_->jobs;
    const auto at = std::uniform_int_distribution<std::size_t>(0, jobs.size() - 1)(random_);
    std::swap(jobs.front(), jobs[at]);
    scheduler_->try_run_once();
  }
}

void pipeline_run::settle() {
  run_jobs();
}

void pipeline_run::pass(milliseconds span) {
  constexpr milliseconds step{10};
  for (milliseconds passed{0}; passed < span; passed += step) {
    scheduler_->advance_time(step);
    run_jobs();
  }
}

void pipeline_run::pass_at_once(milliseconds span) {
  scheduler_->advance_time(span);
  run_jobs();
}

void pipeline_run::give_universe() {
  universe u;
  u.instruments = {rules_of("BTCUSDT", "0.001"), rules_of("ETHUSDT", "0.001"),
                   rules_of("XRPUSDT", "0.1")};
  for (auto& r : u.instruments)
    r.market_lot.max = std::min(r.market_lot.max, world.market_max);
  for (auto& r : u.instruments)
    r.market_lot.min = std::max(r.market_lot.min, world.market_min);
  for (std::size_t i = 0; i < u.instruments.size(); ++i)
    u.index.emplace(u.instruments[i].instrument, i);
  u.read_at = now();
  u.source = universe_source::live;
  auto answer = std::exchange(world.exchange->universe_answer, nullptr);
  answer(std::move(u));
  settle();
}

void pipeline_run::make_ready(std::vector<position_row> rows) {
  give_universe();
  tell(stream_opened{});
  while (answer_read(symbol{}, rows)) {
  }
  give_marks({{"BTCUSDT", "50000"}, {"ETHUSDT", "2000"}, {"XRPUSDT", "0.5"}});
}

bool pipeline_run::answer_read(const symbol& scope, std::vector<position_row> rows) {
  auto& reads = world.exchange->reads;
  const auto at = std::ranges::find(reads, scope, &fake_exchange::pending_read::scope);
  if (at == reads.end())
    return false;
  auto answer = std::move(at->answer);
  reads.erase(at);
  answer(snapshot{scope, now(), now(), std::move(rows)});
  settle();
  return true;
}

bool pipeline_run::fail_read(const symbol& scope, failure_kind kind) {
  auto& reads = world.exchange->reads;
  const auto at = std::ranges::find(reads, scope, &fake_exchange::pending_read::scope);
  if (at == reads.end())
    return false;
  auto answer = std::move(at->answer);
  reads.erase(at);
  answer(read_failure{kind, 0, 0, "made by the test", std::nullopt});
  settle();
  return true;
}

void pipeline_run::give_marks(std::vector<std::pair<std::string, std::string>> marks) {
  mark_batch batch;
  batch.received_at = now();
  for (const auto& [name, value] : marks)
    batch.rows.push_back({symbol(name), price::parse(value).value(), {}, now()});
  world.exchange->mark_sink(std::move(batch));
  settle();
}

void pipeline_run::tell(user_event_body body) {
  world.exchange->user_sink({user_event{now(), now(), {}, std::move(body)}});
  settle();
}

void pipeline_run::fill_order(quantity position_after, price at, std::optional<price> entry) {
  if (world.exchange->orders.empty())
    throw std::logic_error("no order was placed");
  const auto amount = world.exchange->orders.front().request.amount;
  end_order(amount, order_status::filled, position_after, at, entry);
}

void pipeline_run::end_order(quantity executed, order_status status, quantity position_after,
                             price at, std::optional<price> entry) {
  auto& orders = world.exchange->orders;
  if (orders.empty())
    throw std::logic_error("no order was placed");
  auto order = std::move(orders.front());
  orders.pop_front();
  const auto& q = order.request;
  const venue_time when{given.time.at(now()).wall.ms};
  const auto words = status == order_status::filled ? "FILLED" : "EXPIRED";
  const auto id = ++last_order_;
  order_report report{q.id,  id,       q.instrument, q.leg, q.direction,   status,
                      words, q.amount, executed,     at,    q.reduce_only, when};
  if (!executed.is_zero()) {
    tell(account_update{"ORDER",
                        when,
                        {{{q.instrument, q.leg},
                          position_after,
                          position_after.is_zero() ? price{} : entry.value_or(at)}}});
    fill trade{q.instrument, q.leg, ++last_trade_, id,     q.id,       q.direction,
               executed,     at,    world.fee,     "USDT", notional{}, when};
    tell(order_update{report, "TRADE", trade});
  }
  order.answer(order_done{report});
  settle();
}

void pipeline_run::refuse_order(int code, refusal_cure cure, std::string text) {
  auto& orders = world.exchange->orders;
  if (orders.empty())
    throw std::logic_error("no order was placed");
  auto order = std::move(orders.front());
  orders.pop_front();
  order.answer(order_refused{400, code, std::move(text), false, std::nullopt, cure});
  settle();
}

void pipeline_run::live(milliseconds span, const std::vector<position_row>& rows) {
  constexpr milliseconds step{50};
  for (milliseconds passed{0}; passed < span; passed += step) {
    pass(step);
    while (answer_read({}, rows)) {
    }
  }
}

void pipeline_run::offer(std::vector<plan> plans) {
  caf::anon_send(all->planner, actors::take_plans{std::move(plans)});
  settle();
}

plan pipeline_run::an_open(const std::string& id, const std::string& symbol_name,
                           const std::string& amount) const {
  plan p;
  p.id = plan_id(id);
  p.source = source_id("test");
  p.instrument = symbol(symbol_name);
  open_plan body;
  body.amount = quantity::parse(amount).value();
  p.body = body;
  p.received = given.time.at(now());
  p.deadline = now() + std::chrono::seconds{60};
  p.deadline_wall = given.time.at(p.deadline).wall;
  return p;
}

plan pipeline_run::a_reduce(const std::string& id, const std::string& symbol_name) const {
  auto p = an_open(id, symbol_name, "1");
  p.body = reduce_plan{};
  return p;
}

std::optional<verdict_kind> pipeline_run::verdict_of(const std::string& id) {
  for (const auto& p : reader_->plans({}).value())
    if (p.id.str() == id)
      return p.outcome;
  return std::nullopt;
}

std::optional<refusal_code> pipeline_run::reason_of(const std::string& id) {
  for (const auto& p : reader_->plans({}).value())
    if (p.id.str() == id)
      return p.reason;
  return std::nullopt;
}

std::optional<plan_end> pipeline_run::ended(const std::string& id) {
  for (const auto& p : reader_->plans({}).value())
    if (p.id.str() == id)
      return p.ended;
  return std::nullopt;
}

std::size_t pipeline_run::records_of(std::string_view kind) {
  const auto events = reader_->events_after(0, 100'000).value();
  return static_cast<std::size_t>(std::ranges::count(events, kind, &journal::event::kind));
}

std::string pipeline_run::last_record_of(std::string_view kind) {
  std::string last;
  for (const auto& e : reader_->events_after(0, 100'000).value())
    if (e.kind == kind)
      last = e.json;
  return last;
}

std::size_t pipeline_run::notices_of(std::string_view event) {
  const auto wanted = "\"event\":\"" + std::string(event) + '"';
  const auto events = reader_->events_after(0, 100'000).value();
  return static_cast<std::size_t>(std::ranges::count_if(events, [&](const journal::event& e) {
    return e.kind == "notice" && e.json.find(wanted) != std::string::npos;
  }));
}

truth_view pipeline_run::truth_of(const std::string& symbol_name) const {
  return given.table->read(position_key{symbol(symbol_name), position_side::both});
}

std::string pipeline_run::page(std::string path) {
  const auto slot = std::make_shared<status::answer_slot>(std::make_shared<status::reader_seats>(0),
                                                          0, status::stream_wish::head_only);
  status::request asked;
  asked.method = "GET";
  asked.path = std::move(path);
  actors::http_gateway(given.log, all->intake, all->status)(std::move(asked),
                                                            status::responder(slot));
  settle();
  auto answer = slot->take();
  return std::get<status::response>(answer).body;
}

int pipeline_run::end(int code) {
  caf::anon_send(all->supervisor, actors::end_process{code, "the test ends"});
  settle();
  pass(std::chrono::seconds{9});
  return ended_with_;
}

position_row a_row(const std::string& symbol_name, const std::string& amount,
                   const std::string& entry, std::int64_t updated_ms) {
  position_row r;
  r.position = {symbol(symbol_name), position_side::both};
  r.amount = quantity::parse(amount).value();
  r.entry = price::parse(entry).value();
  r.updated_at = venue_time{updated_ms};
  return r;
}

}  // namespace sluice::testing
