"""Topics, and the provisions of each law under one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lawcompare.crosswalk import access
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.provisions import provisions_of


def topics(request: HttpRequest) -> HttpResponse:
    return render(request, "crosswalk/topics.html", {"topics": Topic.objects.all()})


def topic(request: HttpRequest, topic: str) -> HttpResponse:
    found = access.get_topic(topic)
    correspondences = list(access.visible_correspondences(request.user).filter(topic=found))
    provisions = provisions_of(correspondences)
    context = {
        "topic": found,
        "correspondences": correspondences,
        "provisions": provisions,
        "clauses": [clause for shelf in provisions.values() for one in shelf for clause in one.inside],
    }
    return render(request, "crosswalk/topic.html", context)
