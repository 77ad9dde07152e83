"""The words by which documents are read: names of sections, columns, statuses and fields. Data, and nothing else.

Words are written as `fold` leaves them: lower case, single spaces, no decoration. Counts of what real documents use
come from a survey of 423 post-mortems in 30 repositories; the evident translations are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pytest_postmortem.errors import ConfigError
from pytest_postmortem.model.nearest import ask, find_nearest
from pytest_postmortem.reading.patterns import lazily
from pytest_postmortem.reading.vocabulary.languages import LANGUAGES
from pytest_postmortem.reading.vocabulary.normalize import Words, fold, split_words

__all__ = ["DEFAULT", "KEYS", "TEST_NAME", "Vocabulary"]


class Vocabulary(NamedTuple):
    """One tuple of words a key; the key of `action_items` is `action-items`, and so on (`KEYS`)."""

    action_items: Words = split_words("""
        action items, action item, actions, action list, action points, action plan, actions items, follow up actions,
        follow up items, follow up tasks, follow up work, follow ups, followups, follow up action items,
        followup actions, followup items, followup tasks, follow up, followup, actions to take, actions to be taken,
        review actions, postmortem actions, post mortem actions, corrective and preventative measures,
        corrective and preventive measures, corrective actions, corrective and preventative actions,
        corrective and preventive actions, corrective measures, preventive and corrective actions,
        preventative and corrective actions, corrective action, remediation items, remediation actions,
        remediation tasks, remedial actions, tasks, to do, todo, todos, to dos, to do list, todo list,
        outstanding actions, outstanding items, open actions, action items and follow ups, next actions,
        agreed actions, work items, repair items, maßnahmen, massnahmen, folgemaßnahmen, aufgaben, korrekturmaßnahmen,
        nächste schritte, actions à mener, actions correctives, plan d'action, plan d’action, actions de suivi,
        acciones, accionables, elementos de acción, acciones correctivas, acciones preventivas, acciones a tomar, plan de acción, ações, itens de ação,
        ações corretivas, plano de ação, ações de acompanhamento,
        アクションアイテム, アクション項目, アクション, 対応事項, フォローアップ, 追加アクションアイテム, 액션 아이템,
        후속 조치, 조치 사항, 할 일, 行动项, 行动计划, 后续行动, 改进措施, 后续措施, 行動項目
    """)
    prevention: Words = split_words("""
        prevention, preventions, prevention measures, preventive measures, preventative measures, preventive actions,
        preventative actions, preventing recurrence, prevention of recurrence, recurrence prevention,
        regression prevention, preventing regressions, future prevention, preventing future incidents, prevent recurrence, prevention steps, prevention plan, mitigation plan,
        prevention and follow up, prevention strategy, prevention strategies, next steps, further steps, remediation,
        remediations, remediation plan, remediation steps, remediation and prevention, remediation and follow up,
        remediation & prevention, improvement plan, improvements, planned improvements,
        proposed improvements, future improvements, follow up improvements, short term improvements,
        long term improvements, process improvements, short long term improvements, suggested improvements,
        improvement items, improvement actions, future actions, future measures, future work, planned actions,
        proposed actions, required actions, recommended actions, recommendations, recommendation, immediate actions,
        suggested actions, short term actions, long term actions, medium term actions, preventive action, safeguards,
        what we will do, what we'll do, what are we doing, what we are doing, what we're doing, what's next,
        what we are changing, what we're changing, what we are going to do, what we will change, what next,
        how we will prevent this, how do we prevent this, how will we prevent this, going forward, how we prevent this,
        how can we prevent this, how to prevent this, what's changing, what is next, short term fixes, long term fixes,
        long term fix, planned fixes, future plans, hardening, guardrails, mitigation and prevention,
        mitigations and prevention, resolution and follow up, recovery and follow up, countermeasures,
        lessons and actions, improvement opportunities, vorbeugung, prävention, verbesserungen, prochaines étapes,
        mesures préventives, prévention, próximos pasos, prevención, medidas preventivas, mejoras, próximos passos,
        prevenção, melhorias,
        再発防止, 再発防止策, 対策, 恒久対策, 今後の対応, 今後の対策, 改善策, 次のステップ, 予防策, 재발 방지,
        재발 방지 대책, 향후 계획, 개선 사항, 预防, 预防措施, 防范措施, 避免复发, 整改措施, 后续计划, 下一步, 防止再发
    """)
    no_action_items: Words = split_words("""
        legend, key, notes, note, references, reference, related, links, see also, appendix, timeline, summary, impact,
        background, questions, open questions, glossary, resources, what went well, what went wrong, what went poorly,
        where we got lucky, lessons learned, lessons, lessons learnt, learnings,
        supporting information, context, acknowledgements, related documents, related documentation, related files,
        related issues, category descriptions, categories, rejected, considered and rejected, alternatives considered,
        investigation, discussion, rationale, legende, hinweise, referenzen, légende, références, leyenda, referencias,
        legenda, referências,
        カテゴリの説明, 凡例, 説明, 備考, 注記, 参考資料, 関連資料, 教訓, 범례, 참고, 说明, 备注, 参考
    """)
    root_cause: Words = split_words("""
        root cause, root causes, root cause analysis, underlying cause, underlying causes, blameless root cause, technical root cause, rca,
        root cause identified, root causes identified, primary root cause, the root cause, root cause s,
        technical cause, cause, causes, the cause, proximate cause, cause analysis, fault, root cause & trigger,
        root cause and trigger, root cause and mitigation, root cause and resolution, what caused this,
        root cause and contributing factors, what was the root cause, why did this happen, why did it happen, why it happened, how did this happen,
        how did it happen, ursache,
        grundursache, ursachenanalyse, cause racine, causes racines, cause profonde, analyse des causes, causa raíz,
        análisis de causa raíz, causas raíz, causas raiz, causa, causas, causa raiz, análise de causa raiz,
        根本原因, 根本原因分析, 直接原因, 原因, 原因分析, 근본 원인, 근본 원인 분석, 원인, 원인 분석, 事故原因, 根因, 根因分析
    """)
    contributing_factors: Words = split_words("""
        contributing factors, contributing factor, contributing causes, analysis, incident analysis, what happened,
        technical analysis, technical details, beitragende faktoren,
        寄与要因, 要因, 分析, 기여 요인
    """)
    five_whys: Words = split_words("""
        five whys, 5 whys, five why's, 5 why's, the five whys, 5 whys analysis, five whys analysis, whys,
        five whys root cause identification, 5 why, five why, 5x warum, 5 pourquoi, cinq pourquoi, los 5 porqués,
        cinco porqués, 5 porquês, cinco porquês,
        なぜなぜ分析, 5つのなぜ, 五个为什么, 5个为什么
    """)
    column_action: Words = split_words("""
        action, action item, action items, actions, item, items, task, tasks, description, what,
        action item description, follow up, followup, measure, improvement, work item, remediation, todo, to do,
        action required, recommendation, activity, corrective action, action taken, fix, control, details, summary,
        step, work, change, title, prevention, preventive action, mitigation, maßnahme, aufgabe, beschreibung, tâche, mesure, acción, tarea, medida, ação, tarefa,
        アクション, 対策, 内容, 対応, 対応内容, タスク, 項目, 施策, 액션, 조치, 작업, 내용, 行动, 措施, 行动项, 任务,
        描述
    """)
    column_id: Words = split_words("""
        id, ids, action id, item id, ai, key, kennung,
        識別子, 番号, 编号, 번호
    """)
    column_number: Words = split_words("#, no, no., nr, nr., nº, n°, num, number, №, s.no, sl no, s no")
    column_owner: Words = split_words("""
        owner, owners, assignee, assignees, assigned to, assigned, who, responsible, dri, lead, by, owned by, owner s,
        responsible party, responsible person, owner team, team, person, accountable, assigned team, action owner,
        phase owner, verantwortlich, zuständig, wer, responsable, propietario, responsável, qui, quién,
        担当, 担当者, 責任者, オーナー, 담당, 담당자, 负责人, 责任人, 负责
    """)
    column_due: Words = split_words("""
        due, due date, deadline, target, target date, eta, when, by when, due by, timeline, timeframe,
        target completion, completion date, expected date, date due, date, target release, fällig, frist, fällig am,
        bis wann, échéance, date limite, fecha límite, plazo, vencimiento, prazo, data limite,
        期限, 期日, 締切, 予定日, 完了予定, 기한, 마감일, 마감, 截止日期, 期限日, 完成时间, 截止时间
    """)
    column_status: Words = split_words("""
        status, state, progress, done, done?, complete, completed, complete?, completed?, resolution, zustand, stand,
        statut, état, estado, situação, disposition, outcome,
        ステータス, 状態, 状況, 進捗, 상태, 진행 상태, 状态, 进度
    """)
    column_ticket: Words = split_words("""
        ticket, tickets, issue, issues, issue / pr, issue/pr, pr, prs, bug, bugs, bug #, tracking, tracking issue,
        tracker, tracked in, tracked by, jira, jira ticket, github issue, github, link, links, related issue,
        related issues, pull request, ticket #, issue #, issue link, ticket link, reference, references, ref, refs,
        card, epic, linear, evidence, issue / mr, mr, merge request, vorgang, incidencia, chamado, issue or pr,
        pr / issue, issue and pr,
        チケット, 課題, 이슈, 티켓, 工单
    """)
    column_scope: Words = split_words("""
        scope, type, kind, action type, type action, umfang,
        スコープ, 種別, 范围
    """)
    column_test: Words = split_words("""
        test, tests, unit test, automated test, automated tests, test required, test required?, test?, test needed,
        test needed?, requires test, needs test, regression test, regression tests, regression test?, test requirement, test required (y/n), requires a test, regressionstest,
        test requis, prueba, teste,
        テスト, 回帰テスト, 테스트, 회귀 테스트, 测试, 回归测试
    """)
    status_done: Words = split_words("""
        done, complete, completed, closed, merged, landed, fixed, resolved, applied, shipped, finished, deployed,
        implemented, released, delivered, achieved, live, yes, already done, verified, added, all done, pr merged,
        in place, in production, erledigt, fertig, abgeschlossen, terminé, fait, hecho, completado, terminado,
        concluído, feito, resuelto, résolu, gelöst, gefixt,
        完了, 済, 済み, 対応済, 対応済み, 実施済, 実施済み, 実装済, 実装済み, 解決済み, 完了済み, 修正済み, 완료,
        완료됨, 해결, 해결됨, 已完成, 完成, 已修复, 已解决
    """)
    status_open: Words = split_words("""
        todo, to do, to-do, open, opened, pending, in progress, in-progress, wip, work in progress, not started,
        started, planned, blocked, filed, in review, under review, ongoing, on hold, backlog, new, scheduled, proposed,
        not done, not yet, not yet done, incomplete, awaiting, waiting, assigned, doing, ready, queued, partial, partially, partly,
        reopened, re-opened, backlogged, parked, future work, outstanding, unresolved, draft, active, investigating, under investigation, next, soon,
        no, to be done, upcoming, pr open, in development, underway, under way, in flight, accepted, triaged,
        needs triage, overdue, late, offen, in arbeit, geplant, laufend, ausstehend, à faire, en cours, ouvert, prévu,
        pendiente, en curso, en progreso, abierto, pendente, em andamento, aberto, a fazer,
        未着手, 未対応, 未完了, 未実施, 進行中, 対応中, 着手中, 実施中, 作業中, 検討中, 予定, 保留中, 計画中, 継続,
        部分完了, 一部完了, 待ち, オープン, 対応予定, 着手, レビュー中, 미착수, 진행중, 진행 중, 대기, 예정, 미완료,
        未开始, 进行中, 待办, 计划中, 待处理, 未完成
    """)
    status_dropped: Words = split_words("""
        won't do, wont do, won’t do, will not do, wontfix, won't fix, won’t fix, not planned, not_planned, dropped,
        rejected, abandoned, cancelled, canceled, not pursued, not doing, obsolete, superseded, declined, invalid,
        accepted risk, risk accepted, not applicable, not needed, no longer needed, duplicate, discarded, withdrawn, closed as not planned,
        closed as duplicate, closed as wontfix, will not be done,
        nicht geplant, wird nicht umgesetzt, entfällt, gestrichen, no se hará, não será feito, ne sera pas fait,
        verworfen, abgelehnt, abgebrochen, abandonné, annulé, rejeté, descartado, cancelado, rechazado, rejeitado,
        見送り, 却下, 中止, 対応不要, 取り下げ, 不要, 対応しない, 취소, 불필요, 보류 종료, 取消, 已取消, 不做, 不需要,
        放弃
    """)
    # Words that say a state inside running text too; the others ("live", "open", "new") mean something else there.
    status_done_in_text: Words = split_words("""
        abgeschlossen, all done, already done, closed, completado, complete, completed, done, erledigt, fait, feito,
        finished, fixed, hecho, implemented, landed, merged, released, resolved, shipped, concluído, terminé,
        修正済み, 完了, 実施済, 実施済み, 実装済, 実装済み, 対応済, 対応済み, 已修复, 已完成, 已解决, 済, 済み,
        解決済み, 완료, 완료됨
    """)
    status_open_in_text: Words = split_words("""
        blocked, em andamento, en cours, en curso, in arbeit, in progress, in review, not done, not started, not yet,
        not yet done, offen, ongoing, open, pendente, pendiente, pending, to do, todo, under way, underway, wip,
        work in progress, à faire,
        対応中, 待办, 未完了, 未対応, 未开始, 未着手, 検討中, 进行中, 進行中, 미착수, 진행 중, 진행중
    """)
    placeholders: Words = split_words("""
        -, --, —, –, ―, …, ..., tbd, tba, tbc, todo, n/a, na, none, ?, ??, unknown, unassigned, to be assigned,
        to be determined, to be decided, to be raised, to be filed, no issue yet, not assigned, nobody, no one,
        not set, to be set, to be confirmed, nil, null, x, xx, xxx, @, ., offen, à définir, aucun, por definir,
        ninguno, a definir, nenhum, yyyy-mm-dd, name, owner, date,
        ー, 要アサイン, 要設定, 未定, 未設定, なし, 未アサイン, 未割当, 未割り当て, 要検討, 미정, 없음, 待定, 无, 暂无
    """)
    test_required: Words = split_words("""
        required, yes, y, true, needed, mandatory, ✓, ✔, ✅, ☑, must, test required, a test, ja, erforderlich, oui,
        requis, obligatoire, sí, requerido, obligatorio, sim, obrigatório,
        必須, 必要, 要, はい, 필수, 필요, 예, 是, 必须, 需要, notwendig, nötig, pflicht, nécessaire, necesario, necessário, требуется,
        ○, ◯, ◎, 〇, あり, 有, 네, req, reqd, req'd, must have, must-have, да
    """)
    test_not_required: Words = split_words("""
        no, n, false, none, -, --, —, –, ―, n/a, na, not required, not needed, no test, not applicable, ✗, ✘, ❌, ✖,
        no test required, no test needed, optional, unneeded, nil, nein, nicht erforderlich, non, non requis, não,
        ー, 不要, いいえ, なし, 불필요, 아니오, 否, 不需要
    """)
    test_waived: Words = split_words("waived until, waived till, waived to, waived through, waived")
    scope_specific: Words = split_words("""
        specific, this bug, point fix, local, spezifisch, spécifique,
        個別
    """)
    scope_systemic: Words = split_words("""
        systemic, systematic, class of bug, system wide, systemisch,
        全体, 構造的
    """)
    mentions_test: Words = split_words("""
        test, regression guard, ci validation, ci check, tdd, e2e, coverage, smoke check, fuzz, assertion, prueba,
        pytest, property-based, linter rule,
        テスト, スモーク, 回帰, 테스트, 스모크, 회귀, 测试, 測試
    """)
    metadata: Words = split_words("""
        metadata, meta, overview, incident details, details, at a glance, incident information, incident overview,
        document information, incident metadata, metadaten, métadonnées, metadatos, metadados,
        メタデータ, 概要, 基本情報, 메타데이터, 元数据
    """)
    metadata_id: Words = split_words("""
        id, postmortem id, post mortem id, pm id, pm, document id, report id, rca id, kennung, identifiant, identificador,
        識別子, 管理番号, 文書番号, 编号, 编码, 관리번호, 문서번호
    """)
    metadata_title: Words = split_words("""
        title, incident title, incident name, titel, titre, título,
        タイトル, 件名, 제목, 标题
    """)
    metadata_date: Words = split_words("""
        date, dates, incident date, incident dates, incident date s, date of incident, date s, date (utc), event date,
        occurred, occurred at, occurred on, started, start, started at, start time, start date, date and time,
        date/time, incident start, when, outage date, date of the incident, date of event, datum, date de l'incident,
        fecha, fecha del incidente, data, data do incidente, impact period, time, detected, first detected,
        incident declared, detected at, incident window, window, period, duration, impact start,
        日付, 発生日, 発生日時, 日時, 影響期間, 発生時刻, 날짜, 발생일, 발생 일시, 일시, 日期, 发生时间
    """)
    metadata_end: Words = split_words("""
        end, ended, ended at, end time, end date, incident end, incident ended, resolved, resolved at, resolved on,
        resolution time, mitigated, mitigated at, fixed, fixed at,
        time resolved, ende, fin, 終了, 終了日時, 종료, 结束时间
    """)
    metadata_severity: Words = split_words("""
        severity, sev, severity level, incident severity, level, incident level, impact level, priority, schweregrad,
        gravité, sévérité, severidad, gravedad, severidade, gravidade,
        重大度, 深刻度, 重要度, 심각도, 严重程度, 严重级别, 级别
    """)
    metadata_status: Words = split_words("""
        status, state, document status, postmortem status, incident status, current status, statut, état, estado,
        ステータス, 状態, 状況, 상태, 状态
    """)
    metadata_services: Words = split_words("""
        services, service, affected services, affected service, affected systems, affected system, systems, system,
        services affected, systems affected, service s affected, components, component, impacted services,
        service feature and teams impacted, betroffene dienste, dienste, services affectés, servicios afectados,
        servicios, serviços afetados,
        影響サービス, 対象サービス, 영향 서비스, 受影响的服务, 影响服务
    """)
    metadata_team: Words = split_words("""
        team, teams, owning team, responsible team, owner team, équipe, equipo, equipe,
        チーム, 担当チーム, 팀, 团队
    """)
    metadata_root_cause: Words = split_words("""
        root cause, root causes, cause, ursache, causa raíz,
        根本原因, 原因, 근본 원인
    """)

    def extend(self, words: Mapping[str, Sequence[str]]) -> Vocabulary:
        """Return this vocabulary with a team's own words added to its keys.

        Raises ConfigError for an unknown key, naming the nearest known one.
        """
        added: dict[str, tuple[str, ...]] = {}
        for key, more in words.items():
            if key not in KEYS:
                near = find_nearest(key, KEYS) or KEYS[0]
                hint = f"{ask([near], show=repr)} known: {', '.join(KEYS)}"
                raise ConfigError(f"unknown key {key!r} in words", hint=hint)
            name = key.replace("-", "_")
            added[name] = tuple(dict.fromkeys((*getattr(self, name), *map(fold, more))))
        return self._replace(**added) if added else self


TEST_NAME = lazily(
    r"(?:(?:regression|unit|automated?|integration|e2e|end to end|acceptance|new|a|an|the|is|are|be|must have|has|have|needs?|needed|"
    r"requires?|required|requirements?|mandatory|guard|y n|yes no|回帰|回归|회귀|需要|要) ?){0,4}"
    r"(?:tests?|testes?|pruebas?|テスト|测试|測試|테스트)"
    r"(?: ?(?:required|requires|requirements?|needed|needs|mandatory|is|are|a|an|guard|y n|y|n|yes no|yes|no|or|"
    r"erforderlich|notig|requise?|requerid[oa]|obligatori[oa]|obrigatori[oa]|necessari[oa]|necesari[oa]|"
    r"の?要否|の?有無|が?必要か?|が?必須|要求|需要|是否需要|필요|필수|여부)){0,4}"
)
"""What names a column, a field or a key that asks for a test, in words without case and punctuation (`lookup_key`)."""

KEYS: tuple[str, ...] = tuple(field.replace("_", "-") for field in Vocabulary._fields)
"""The keys that `Vocabulary.extend` takes."""


def _add_languages(words: Vocabulary) -> Vocabulary:
    """Return `words` with those of `LANGUAGES` added."""
    added: dict[str, Words] = {}
    for language in LANGUAGES.values():
        for key, more in language.items():
            added[key] = tuple(dict.fromkeys((*added.get(key, getattr(words, key)), *split_words(more))))
    return words._replace(**added)


DEFAULT = _add_languages(Vocabulary())
"""The words of the survey and of `LANGUAGES`."""
