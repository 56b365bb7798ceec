// Flattens in the whole pipeline: what is sent, what is refused meanwhile, what a restart does.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

const symbol btc{"BTCUSDT"};
const symbol all{};

/// One world with its positions; reads are answered with what the venue holds.
struct desk {
  explicit desk(std::vector<position_row> held, std::uint32_t seed = 0) : rows(std::move(held)) {
    start(seed);
  }

  void start(std::uint32_t seed = 0) {
    run.reset();
    run = std::make_unique<pipeline_run>(world, seed);
    run->make_ready(rows);
  }
  void live(milliseconds span) {
    constexpr milliseconds step{50};
    for (milliseconds passed{0}; passed < span; passed += step) {
      run->pass(step);
      run->give_marks({{"BTCUSDT", "50000"}, {"ETHUSDT", "2000"}, {"XRPUSDT", "0.5"}});
      for (const auto* scope : {"", "BTCUSDT", "ETHUSDT", "XRPUSDT"})
        while (run->answer_read(symbol{scope}, rows_of(scope))) {
        }
    }
  }
  [[nodiscard]] std::vector<position_row> rows_of(std::string_view scope) const {
    auto out = rows;
    if (!scope.empty())
      std::erase_if(out, [&](const auto& r) { return r.position.instrument.str() != scope; });
    return out;
  }

  template <class Answer, class Question>
  Answer ask(Question question) {
    caf::scoped_actor self(run->system());
    auto asked = self->request(run->all->flattener, caf::infinite, std::move(question));
    run->settle();
    Answer got;
    asked.receive([&](const Answer& a) { got = a; },
                  [](const caf::error& e) { FAIL(caf::to_string(e)); });
    return got;
  }
  flatten_answer order(const symbol& scope, std::string token = {}) {
    return ask<flatten_answer>(order_flatten{scope, "alice", "drill", std::move(token)});
  }
  std::string token_for(const symbol& scope) {
    const auto answer = order(scope);
    INFO(answer.why);
    REQUIRE(answer.preview);
    return answer.preview->token;
  }
  /// What comes of a flatten of all where the gate hears another order just before or after it.
  flatten_answer order_beside(const change_state& other, bool before) {
    const auto token = token_for(all);
    caf::scoped_actor self(run->system());
    run->stand_still(run->all->gate);
    if (before)
      caf::anon_send(run->all->gate, other);
    auto asked = self->request(run->all->flattener, caf::infinite,
                               order_flatten{all, "alice", "drill", token});
    run->settle();
    if (!before)
      caf::anon_send(run->all->gate, other);
    run->go_on();
    flatten_answer got;
    asked.receive([&](const flatten_answer& a) { got = a; },
                  [](const caf::error& e) { FAIL(caf::to_string(e)); });
    return got;
  }
  std::int64_t begin(const symbol& scope) {
    const auto answer = order(scope, token_for(scope));
    INFO(answer.why);
    REQUIRE(answer.begun);
    run->settle();
    return answer.begun->what.id;
  }
  flatten_progress shown(std::int64_t id) {
    const auto found = ask<flattens_shown>(show_flattens{id}).all;
    REQUIRE(found.size() == 1);
    return found.front();
  }
  std::optional<flatten_end> outcome(std::int64_t id) { return shown(id).outcome; }
  /// The venue carries out the oldest order: a close.
  void fill() {
    const auto& request = run->world.exchange->orders.front().request;
    std::erase_if(rows, [&](const auto& r) { return r.position.instrument == request.instrument; });
    run->fill_order({}, price::whole(50'000));
  }
  fake_exchange& venue() { return *world.exchange; }
  void state(trading_state to) {
    caf::anon_send(run->all->gate, change_state{to, "bob", "venue incident", {}});
    run->settle();
  }

  pipeline_world world{};
  std::vector<position_row> rows;
  std::unique_ptr<pipeline_run> run{};
};

desk two_open() {
  return desk({a_row("BTCUSDT", "0.5", "50000"), a_row("ETHUSDT", "-2", "2000")});
}

order_report a_foreign_limit(const char* on) {
  order_report r;
  r.instrument = symbol{on};
  r.client_id = client_order_id{"web_1"};
  return r;
}
conditional_report a_foreign_stop(const char* on, bool closes) {
  conditional_report r;
  r.instrument = symbol{on};
  r.client_id = client_order_id{"web_stop"};
  r.close_position = closes;
  return r;
}

}  // namespace

TEST_CASE("a dry run shows positions and orders and changes nothing") {
  auto d = two_open();
  d.venue().open_orders = {a_foreign_limit("BTCUSDT")};
  d.venue().open_conditionals = {a_foreign_stop("ETHUSDT", true)};
  const auto shown = d.order(all).preview;
  REQUIRE(shown);
  CHECK(shown->positions.size() == 2);
  CHECK(shown->regular.size() == 1);
  CHECK(shown->conditional.size() == 1);
  CHECK(shown->token.size() == 32);
  CHECK(d.order(btc).preview->positions.size() == 1);
  d.live(5s);
  CHECK(d.venue().placed.empty());
  CHECK(d.venue().cleared.empty());
  CHECK(d.run->given.vitals->trading().state == trading_state::active);
  CHECK(d.run->records_of("flatten_ordered") == 0);
}

TEST_CASE("dry runs spend nothing of what is kept for exits, and those of one scope share a look") {
  auto d = two_open();
  caf::scoped_actor self(d.run->system());
  const order_flatten dry{all, "alice", "drill", {}};
  auto first = self->request(d.run->all->flattener, caf::infinite, dry);
  auto second = self->request(d.run->all->flattener, caf::infinite, dry);
  d.run->settle();
  std::vector<std::string> tokens;
  for (auto* asked : {&first, &second})
    asked->receive(
        [&](const flatten_answer& a) { tokens.push_back(a.preview ? a.preview->token : a.why); },
        [](const caf::error& e) { FAIL(caf::to_string(e)); });
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].size() == 32);
  CHECK(tokens[0] != tokens[1]);
  CHECK(d.venue().order_lists == std::vector{read_class::verification});
  d.order(all);
  CHECK(d.venue().order_lists == std::vector(2, read_class::verification));
  d.begin(btc);
  CHECK(d.venue().order_lists.back() == read_class::exit_demand);
}

TEST_CASE("a token confirms its own scope, once, within a minute") {
  auto d = two_open();
  CHECK(d.order(btc, "00000000000000000000000000000000").refused == flatten_refusal::token);
  const auto other = d.token_for(all);
  CHECK(d.order(btc, other).refused == flatten_refusal::token);
  CHECK(d.order(all, other).refused == flatten_refusal::token);  // Shown is used.
  const auto late = d.token_for(btc);
  d.live(61s);
  CHECK(d.order(btc, late).refused == flatten_refusal::token);
  CHECK(d.run->records_of("flatten_ordered") == 0);
  const auto good = d.token_for(btc);
  CHECK(d.order(btc, good).begun);
  CHECK(d.order(symbol{"ETHUSDT"}, good).refused == flatten_refusal::token);
}

TEST_CASE("a flatten of one symbol closes only that, and nothing opens there meanwhile") {
  auto d = two_open();
  d.venue().open_orders = {a_foreign_limit("BTCUSDT")};
  const auto id = d.begin(btc);
  d.live(200ms);
  CHECK(d.venue().cleared == std::vector{btc});
  REQUIRE(d.venue().placed.size() == 1);
  CHECK(d.venue().placed.front().instrument == btc);
  CHECK(d.venue().placed.front().reduce_only);
  CHECK(d.venue().placed.front().amount == quantity::parse("0.5").value());
  CHECK(d.run->given.vitals->trading().state == trading_state::active);
  d.fill();
  d.run->offer({d.run->an_open("again", "BTCUSDT", "0.01")});
  CHECK(d.run->reason_of("again") == refusal_code::reconcile_hold_active);
  d.run->offer({d.run->an_open("elsewhere", "XRPUSDT", "100")});
  CHECK(d.run->verdict_of("elsewhere") == verdict_kind::allow);
  CHECK_FALSE(d.outcome(id));
  d.live(6s);
  CHECK(d.outcome(id) == flatten_end::done);
  CHECK(d.run->records_of("flatten_ended") == 1);
  d.run->offer({d.run->an_open("later", "BTCUSDT", "0.01")});
  CHECK(d.run->verdict_of("later") == verdict_kind::allow);
  for (const auto& p : d.venue().placed)
    CHECK(p.instrument.str() != "ETHUSDT");
}

TEST_CASE("a flatten of all cancels both kinds, closes what comes in the middle, stays closed") {
  auto d = two_open();
  d.venue().open_orders = {a_foreign_limit("XRPUSDT")};
  d.venue().open_conditionals = {a_foreign_stop("BTCUSDT", true), a_foreign_stop("ETHUSDT", false)};
  d.venue().open_conditionals.back().client_id = client_order_id{"web_entry"};
  const auto id = d.begin(all);
  CHECK(d.run->given.vitals->trading().state == trading_state::reduce_only);
  CHECK(d.run->given.vitals->trading().author == "alice");
  d.live(500ms);
  CHECK(d.venue().cleared == std::vector{symbol{"XRPUSDT"}});
  CHECK(d.venue().cancelled_conditionals == std::vector{client_order_id{"web_entry"}});
  CHECK(d.venue().conditionals_cleared.empty());
  REQUIRE(d.venue().orders.size() == 2);
  d.fill();
  d.fill();
  d.rows = {a_row("XRPUSDT", "40", "0.5", 1'790'000'001'000)};  // A person's.
  d.live(4s);
  REQUIRE(d.venue().orders.size() == 1);
  CHECK(d.venue().orders.front().request.instrument.str() == "XRPUSDT");
  CHECK_FALSE(d.outcome(id));
  d.fill();
  d.live(8s);
  CHECK(d.outcome(id) == flatten_end::done);
  CHECK(d.venue().conditionals_cleared == std::vector{btc});
  CHECK(d.run->given.vitals->trading().state == trading_state::reduce_only);
  CHECK(d.run->notices_of("flatten_cancelled") == 3);
}

TEST_CASE("while trading is halted no flatten begins, and one that runs sends nothing") {
  auto d = two_open();
  d.state(trading_state::halted);
  const auto refused = d.order(btc);
  CHECK(refused.refused == flatten_refusal::conflict);
  CHECK(refused.why.find("sluice state reduce_only") != std::string::npos);
  d.state(trading_state::active);
  const auto token = d.token_for(btc);
  d.state(trading_state::halted);
  CHECK(d.order(btc, token).refused == flatten_refusal::conflict);
  d.state(trading_state::active);
  CHECK(d.order(btc, token).begun);  // What was refused for its moment did not use it up.
}

TEST_CASE("a halt that is on its way when all is to be flattened stays, and nothing is sent") {
  auto d = two_open();
  const auto got = d.order_beside({trading_state::halted, "bob", "incident", {}}, true);
  CHECK(got.refused == flatten_refusal::conflict);
  CHECK(got.why.find("halted by bob (incident)") != std::string::npos);
  CHECK(d.run->given.vitals->trading().author == "bob");
  d.live(2s);
  CHECK(d.venue().placed.empty());
  CHECK(d.venue().cleared.empty());
  CHECK(d.run->records_of("flatten_ordered") == 0);
  CHECK(d.run->records_of("state_changed") == 1);
  // Nothing of it is left when the halt is over.
  d.state(trading_state::active);
  d.run->offer({d.run->an_open("x", "XRPUSDT", "100")});
  CHECK(d.run->verdict_of("x") == verdict_kind::allow);
  d.begin(all);
  CHECK(d.run->given.vitals->trading().author == "alice");
}

TEST_CASE("a flatten of all does not begin where entries were allowed again in that moment") {
  auto d = two_open();
  const auto got = d.order_beside({trading_state::active, "bob", "go on", {}}, false);
  CHECK(got.refused == flatten_refusal::conflict);
  CHECK(d.run->records_of("flatten_ordered") == 0);
  CHECK(d.run->given.vitals->trading().state == trading_state::active);
}

TEST_CASE("a flatten that trading is halted under waits, and goes on when it is not") {
  auto d = two_open();
  d.state(trading_state::reduce_only);
  d.venue().open_orders = {a_foreign_limit("BTCUSDT")};
  const auto begun = d.order(btc, d.token_for(btc)).begun;
  REQUIRE(begun);
  caf::anon_send(d.run->all->gate, restrict_state{trading_state::halted, "SIGUSR1"});
  d.live(3s);
  // One order may have left before the halt; nothing may after it.
  const auto sent = d.venue().placed.size();
  const auto cleared = d.venue().cleared.size();
  d.live(10s);
  CHECK(d.venue().placed.size() == sent);
  CHECK(d.venue().cleared.size() == cleared);
  d.state(trading_state::reduce_only);
  d.live(5s);
  CHECK(d.venue().placed.size() == 1);
  d.fill();
  d.live(8s);
  CHECK(d.outcome(begun->what.id) == flatten_end::done);
}

TEST_CASE("one flatten per scope, and one of all takes over from those of single symbols") {
  auto d = two_open();
  const auto first = d.begin(btc);
  CHECK(d.order(btc).refused == flatten_refusal::conflict);
  const auto second = d.begin(all);
  CHECK(d.outcome(first) == flatten_end::replaced);
  CHECK_FALSE(d.outcome(second));
  const auto refused = d.order(symbol{"ETHUSDT"});
  CHECK(refused.refused == flatten_refusal::conflict);
  CHECK(refused.why.find("flatten " + std::to_string(second) + " of all") != std::string::npos);
  CHECK(d.order(symbol{"NOSUCHUSDT"}).refused == flatten_refusal::conflict);
}

TEST_CASE("a restart in the middle goes on with the flatten, by plans of new ids") {
  auto d = two_open();
  const auto id = d.begin(all);
  d.live(300ms);
  REQUIRE(d.venue().orders.size() == 2);
  d.fill();
  d.world.wall_ms += 30'000;
  // The other order's fate is not known when the process ends: it was carried out unheard.
  const auto lost = d.venue().orders.front().request;
  std::erase_if(d.rows, [&](const auto& r) { return r.position.instrument == lost.instrument; });
  d.rows.push_back(a_row("BTCUSDT", "0.1", "50000", 1'790'000'020'000));
  if (lost.instrument == btc)
    d.rows = {a_row("BTCUSDT", "0.1", "50000", 1'790'000'020'000)};
  d.start();
  d.run->offer({d.run->an_open("x", "XRPUSDT", "100")});
  CHECK(d.run->verdict_of("x") == verdict_kind::deny);
  d.live(1s);
  CHECK_FALSE(d.outcome(id));
  REQUIRE_FALSE(d.venue().queries.empty());
  order_report report;
  report.client_id = lost.id;
  report.id = 9;
  report.instrument = lost.instrument;
  report.direction = lost.direction;
  report.status = order_status::filled;
  report.original = report.executed = lost.amount;
  auto answer = std::move(d.venue().queries.front().answer);
  d.venue().queries.pop_front();
  answer(read_result<order_report>(report));
  d.live(15s);
  REQUIRE(d.venue().orders.size() == 1);
  CHECK(d.venue().orders.front().request.instrument == btc);
  d.fill();
  d.live(10s);
  CHECK(d.outcome(id) == flatten_end::done);
  CHECK(d.run->records_of("flatten_ordered") == 1);
}

TEST_CASE("a restart after its limit ends the flatten and says what stands") {
  auto d = two_open();
  const auto id = d.begin(btc);
  d.world.wall_ms += 11 * 60'000;
  d.start();
  d.live(500ms);
  const auto shown = d.shown(id);
  CHECK(shown.outcome == flatten_end::given_up);
  CHECK(shown.left.find("BTCUSDT both is not known") != std::string::npos);
  CHECK(d.run->records_of("flatten_ended") == 1);
  d.start();
  CHECK(d.outcome(id) == flatten_end::given_up);
}

TEST_CASE("whatever the order of messages, a flatten of all closes each position once") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    desk d({a_row("BTCUSDT", "0.5", "50000"), a_row("ETHUSDT", "-2", "2000")}, seed);
    d.venue().open_orders = {a_foreign_limit("BTCUSDT")};
    d.venue().open_conditionals = {a_foreign_stop("ETHUSDT", true)};
    const auto id = d.begin(all);
    d.live(500ms);
    while (!d.venue().orders.empty())
      d.fill();
    d.live(8s);
    CHECK(d.outcome(id) == flatten_end::done);
    CHECK(d.venue().placed.size() == 2);
    CHECK(d.venue().open_orders.empty());
    CHECK(d.venue().open_conditionals.empty());
  }
}

TEST_CASE("a look at half of the orders that fails is told, and the other half is cancelled") {
  auto d = two_open();
  d.venue().conditionals_fault = "maintenance";
  d.venue().open_orders = {a_foreign_limit("BTCUSDT")};
  CHECK(d.order(btc).preview->orders_fault.find("maintenance") != std::string::npos);
  const auto id = d.begin(btc);
  d.live(1s);
  REQUIRE(d.venue().orders.size() == 1);
  d.fill();
  CHECK(d.venue().open_orders.empty());
  d.live(5s);
  CHECK_FALSE(d.outcome(id));  // Nobody has shown yet that nothing rests.
  d.venue().conditionals_fault.clear();
  d.live(30s);
  CHECK(d.outcome(id) == flatten_end::done);
}
